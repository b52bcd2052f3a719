module.exports = { root: true, extends: ["next/core-web-vitals"] };
