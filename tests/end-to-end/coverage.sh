#!/usr/bin/env bash
# replay --coverage: what nothing goes through is listed with a suggestion that reaches it.
set -uo pipefail
. tests/end-to-end/support/check.sh

cat >api.yaml <<'END'
openapi: 3.0.1
info: {title: pets, version: "1"}
x-amazon-apigateway-gateway-responses:
  MISSING_AUTHENTICATION_TOKEN: {statusCode: 404}
  DEFAULT_5XX: {statusCode: 500}
paths:
  /pets/{petId}:
    get:
      responses: {"200": {description: ok}, "400": {description: bad}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://backend.test/pets
        responses:
          default: {statusCode: "200"}
          '4\d{2}':
            statusCode: "400"
            responseTemplates:
              application/json: |
                #set($code = $input.path('$.code'))
                #if($code == 1)
                1
                #elseif($code == 2)
                2
                #end
  /orders:
    post:
      responses: {"200": {description: ok}, "500": {description: bad}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:orders/invocations
        responses:
          default: {statusCode: "200"}
          '.*BadRequest.*': {statusCode: "500"}
END
cat >spec.yaml <<'END'
api: api.yaml
cases:
  - {name: missing, request: GET /pets/1, backend: {status: 404, body: {code: 2}}, expect: 400}
statuses:
  GET /pets/{petId}: {2xx: 200, 4xx: 400}
END
run 0 replay spec.yaml --coverage
checks=$((checks + 1))
diff - out >err <<'END' || complain "what is listed"
never reached  api.yaml:15  GET /pets/{petId}, default (200)
    - {name: "…", request: GET /pets/1, backend: 200, expect: 200}
never true  api.yaml:21  GET /pets/{petId}, #if($code == 1)
    a request or answer that turns this condition round
never false  api.yaml:23  GET /pets/{petId}, #if($code == 2)
    a request or answer that turns this condition round
never reached  api.yaml:27  POST /orders
    - {name: "…", request: POST /orders, backend: {result: {}}, expect: 200}
never reached  api.yaml:34  POST /orders, default (200)
    - {name: "…", request: POST /orders, backend: {result: {}}, expect: 200}
never reached  api.yaml:35  POST /orders, .*BadRequest.* (500)
    - {name: "…", request: POST /orders, backend: {error: {errorMessage: "BadRequest"}}, expect: 500}
never reached  api.yaml:4  MISSING_AUTHENTICATION_TOKEN
    a request or failure that the gateway answers by itself in this way
never reached  api.yaml:5  DEFAULT_5XX
    a request or failure that the gateway answers by itself in this way
operations        1 of 2
rules             1 of 4
templates         1 of 1
branches          2 of 4
gatewayResponses  0 of 2
covered: 5 of 13 (38.4 %)
END
cp out first
run 1 replay spec.yaml --coverage --threshold 90; err "which is less than 90 %"
run 0 replay spec.yaml --coverage=json; out '"kind":"branches"'; out '"reached":false,"otherwise":true'
run 0 replay spec.yaml --coverage=lcov; out "SF:api.yaml"; out "DA:15,0"; out "BRDA:21,4,0,0"; out "BRDA:21,4,1,1"
run 2 replay spec.yaml --coverage=html; err "--coverage is text, json or lcov"
run 2 replay spec.yaml --coverage --mutate; err "each for themselves"

# ---- the suggestions, taken at their word, reach the rest; two specs cover one definition together
cat >more.yaml <<'END'
api: api.yaml
cases:
  - {name: a, request: GET /pets/1, backend: 200, expect: 200}
  - {name: b, request: GET /pets/1, backend: {status: 404, body: {code: 1}}, expect: 400}
  - {name: c, request: GET /pets/1, backend: {status: 404, body: {code: 3}}, expect: 400}
  - {name: d, request: POST /orders, backend: {result: {}}, expect: 200}
  - {name: e, request: POST /orders, backend: {error: {errorMessage: "BadRequest"}}, expect: 500}
  - {name: f, request: GET /nowhere, backend: 200, expect: 404}
  - {name: g, request: GET /pets/1, backend: {failure: timeout}, expect: {outcome: timeout}}
END
run 0 replay spec.yaml more.yaml --coverage --threshold 100; out "(100.0 %)"

echo "$checks checks, $bad failed"
[ $bad = 0 ]
