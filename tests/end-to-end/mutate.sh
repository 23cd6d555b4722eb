#!/usr/bin/env bash
# replay --mutate: the shipped specs notice slips of the hand; a poor spec doesn't, and is told which.
set -uo pipefail
. tests/end-to-end/support/check.sh

# ---- what ships
run 0 replay "$root/specs" --mutate --threshold 90

# ---- a poor spec: every change is listed with its place
cat >api.yaml <<'END'
openapi: 3.0.1
info: {title: pets, version: "1"}
paths:
  /pets/{petId}:
    get:
      responses:
        "200": {description: ok}
        "400": {description: bad, headers: {X-Why: {schema: {type: string}}}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://backend.test/pets
        responses:
          default: {statusCode: "200"}
          '4\d{2}':
            statusCode: "400"
            responseParameters: {method.response.header.X-Why: "'no'"}
            responseTemplates:
              application/json: |
                #set($code = $input.path('$.code'))
                #if($code == ")" || ($code == 1))
                #set($context.responseOverride.status = 200)
                #end
                {}
END
cat >poor.yaml <<'END'
api: api.yaml
cases:
  - {name: found, request: GET /pets/1, backend: 200, expect: 200}
END
run 1 replay poor.yaml --mutate
cp out first
checks=$((checks + 1))
diff - out >err <<'END' || complain "the survivors"
unnoticed  api.yaml:15  GET /pets/{petId}: drops the rule 4\d{2} (400)
unnoticed  api.yaml:15  GET /pets/{petId}: tightens the pattern 4\d{2} (400) to 400
unnoticed  api.yaml:17  GET /pets/{petId}: removes the mapping of method.response.header.X-Why
unnoticed  api.yaml:21  GET /pets/{petId}: negates #if($code == ")" || ($code == 1))
unnoticed  api.yaml:22  GET /pets/{petId}: removes an override
3 of 8 changes noticed (37.5 %) · seed 0
END
run 0 replay poor.yaml --mutate --threshold 30 --seed 0; checks=$((checks + 1))
cmp -s out first || complain "the same seed says something else"
run 1 replay poor.yaml --mutate --seed 7; out "3 of 8 changes noticed"

# ---- one that says what matters
cat >>poor.yaml <<'END'
  - name: missing
    request: GET /pets/1
    backend: {status: 404, body: {code: 2}}
    expect: {status: 400, headers: {X-Why: 'no'}}
  - name: forgiven
    request: GET /pets/1
    backend: {status: 404, body: {code: 1}}
    expect: 200
END
run 0 replay poor.yaml --mutate; out "8 of 8 changes noticed (100.0 %)"

# ---- a method that a case brings along
cat >own.yaml <<'END'
cases:
  - name: own
    request: GET /a
    backend: 404
    method:
      httpMethod: GET
      methodIntegration:
        type: HTTP
        httpMethod: GET
        uri: http://backend.test/a
        integrationResponses:
          '200': {statusCode: '200'}
          '400': {statusCode: '400', selectionPattern: '404'}
      methodResponses: {'200': {statusCode: '200'}, '400': {statusCode: '400'}}
    expect: 400
END
run 1 replay own.yaml --mutate; out 'of "own": drops the rule default (200)'; out "2 of 4 changes noticed"

# ---- what can't be asked
sed 's/expect: 400/expect: 200/' own.yaml >wrong.yaml
run 2 replay wrong.yaml --mutate; err "isn't as expected to begin with"
run 2 replay own.yaml --mutate --update; err "each for themselves"

echo "$checks checks, $bad failed"
[ $bad = 0 ]
