"""The policy in a database: tables, migrations, edits with an audit trail, and a loader."""
