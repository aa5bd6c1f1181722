# The pages behind TLS, as docs/web.md says to publish them: cookies that only https carries, HSTS, plain
# http that leads to https, redirects that stay there, addresses that name it. curl keeps to the rules of
# browsers for Secure and __Host- cookies and for HSTS.
. "$(dirname "$0")/lib.sh"
begin https
need curl openssl
# shellcheck disable=SC2046
set -- $(py ports 2)
tls=$1 plain=$2
host=desk.example
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
    -keyout "$dir/key.pem" -out "$dir/cert.pem" > "$dir/openssl.out" 2>&1
conf_more="domains = example.org
web { rate = 1000  burst = 100000  url = https://$host:$tls  proxies = 127.0.0.1 }"
node_start
python3 "$here/tls_proxy.py" "$tls" "$plain" "$web_port" "$dir/cert.pem" "$dir/key.pem" 2> "$dir/proxy.log" &
helpers=$!
export PASSWORD='correct horse staple'
check "an account" sh -c 'echo "$PASSWORD" | timeout 120 "$@"' - "$MUSTER" account add mia --config "$dir/muster.conf" --roles member --stakeholder user

# ask URL ARGS...: the answer's head in $head, its body in $dir/body
ask() {
    url=$1
    shift
    curl -s -m 60 --cacert "$dir/cert.pem" --resolve "$host:$tls:127.0.0.1" --resolve "$host:$plain:127.0.0.1" \
        -b "$dir/jar" -c "$dir/jar" -D "$dir/head" -o "$dir/body" "$@" "$url"
    head=$(tr -d '\r' < "$dir/head")
}
status() { head -1 "$dir/head" | cut -d' ' -f2; }
there() { curl -s -m 10 -o /dev/null --cacert "$dir/cert.pem" --resolve "$host:$tls:127.0.0.1" "https://$host:$tls/"; }
check "the proxy answers" at_most 60 there

ask "http://$host:$plain/library?q=soap"
equal "plain http leads away" 301 "$(status)"
has "to the same page on https" "^Location: https://$host:$tls/library\?q=soap$" "$head"
ask "https://$host:$tls/" --hsts "$dir/hsts"
equal "the front page on https" 200 "$(status)"
has "HSTS for a year" '^Strict-Transport-Security: max-age=31536000$' "$head"
has "which the client notes down" "^$host " "$(cat "$dir/hsts")"
ask "https://$host:$tls/account/login"
has "a form's cookie is for https alone" '^Set-Cookie: __Host-muster-form=[^;]+; Path=/; HttpOnly; SameSite=Strict; Secure' "$head"
lacks "and for this host alone" '[Dd]omain=' "$head"
token_of() { tr '>' '\n' < "$dir/body" | sed -n 's/.*name="_form" value="\([^"]*\)".*/\1/p' | head -1; }
token=$(token_of)
check "the form has its token" test -n "$token"
ask "https://$host:$tls/account/login" -H "Origin: https://$host:$tls" --data-urlencode "_form=$token" \
    -d name=mia --data-urlencode "password=$PASSWORD"
equal "logging in" 303 "$(status)"
has "leads on within the site" '^Location: /' "$head"
has "the session's cookie, too" '^Set-Cookie: __Host-muster=[^;]+; Path=/; HttpOnly; SameSite=Strict; Secure' "$head"
ask "https://$host:$tls/account"
has "it is mia's page" '>mia<' "$(cat "$dir/body")"
# By plain http the cookie stays at home, to whichever door.
ask "http://$host:$plain/account" --trace-ascii "$dir/trace"
has "by plain http a request went out" "GET /account" "$(cat "$dir/trace")"
lacks "plain http carries no cookie" 'Cookie: .*__Host-' "$(cat "$dir/trace")"
# A name without the prefix is nobody's session.
session=$(awk '$6 == "__Host-muster" { print $7 }' "$dir/jar")
check "the client keeps the session" test -n "$session"
got=$(curl -s -m 60 --cacert "$dir/cert.pem" --resolve "$host:$tls:127.0.0.1" -H "Cookie: muster=$session" "https://$host:$tls/account" | grep -c '>mia<')
equal "a cookie that plain http could have set is none" 0 "$got"
ask "https://$host:$tls/library/atom"
has "feeds name https" "<id>https://$host:$tls" "$(cat "$dir/body")"
lacks "and nothing by http" "http://$host" "$(cat "$dir/body")"
rm -f "$dir/jar"
ask "https://$host:$tls/account/login"
token=$(token_of)
ask "https://$host:$tls/account/login" -H "Origin: http://evil.example" --data-urlencode "_form=$token" -d name=mia --data-urlencode "password=$PASSWORD"
equal "a form sent from elsewhere is refused" 403 "$(status)"
finish
