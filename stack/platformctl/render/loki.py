"""stub"""

from platformctl.model.platform import Platform


def tenants_header(platform: Platform) -> str:
    return "|".join(
        sorted({p.default_tenant for p in platform.log_pipelines} | {t.id for t in platform.tenants})
    )
