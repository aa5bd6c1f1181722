/* muster library links: fetching addresses of the library and telling keeper what came. Done by
 * this command alone, with the rights of who calls it: no process of the node opens connections to
 * places that proposals name. Only addresses that somebody of this site put in or reviewed are
 * fetched, only http and https, and none of private networks unless asked for. */
#include "base/ip.h"
#include "cli/library.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECONDS 20
#define MOST    (256 * 1024) /* of a body that we do not want */

struct fetched {
    long status;
    char detail[300];
    size_t bytes;
};

static size_t drop_body(char *p, size_t size, size_t n, void *arg)
{
    struct fetched *f = arg;
    (void)p;
    f->bytes += size * n;
    return f->bytes > MOST ? 0 : size * n;
}

/* Addresses that only mean something inside: RFC 6890 and its followers. */
static bool is_public(const struct ip *ip)
{
    static const char *const inside[] = {
        "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.168.0.0/16", "198.18.0.0/15",
        "224.0.0.0/3",   "198.51.100.0/24", "203.0.113.0/24", "::/127",         "64:ff9b::/32",
        "100::/64",      "fc00::/7",        "fe80::/9",       "ff00::/8",       "2001:db8::/32"};
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        struct net n;
        if (!net_parse(slice_str(inside[i]), &n) || net_has(&n, ip))
            return false;
    }
    return true;
}

/* Called for the address that a name has turned out to be, so that no name leads inside. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    const bool *allow_private = arg;
    char text[INET6_ADDRSTRLEN] = "";
    struct ip ip;
    (void)purpose;
    if (to->family == AF_INET)
        inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)&to->addr)->sin_addr, text,
                  sizeof(text));
    else if (to->family == AF_INET6)
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)(void *)&to->addr)->sin6_addr, text,
                  sizeof(text));
    if (!ip_parse(slice_str(text), &ip) || (!*allow_private && !is_public(&ip)))
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static void fetch(const char *url, bool *allow_private, struct fetched *out)
{
    CURL *c = curl_easy_init();
    *out = (struct fetched){0};
    if (c == NULL)
        return;
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, 8L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)SECONDS);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "muster/" MUSTER_VERSION " (link check)");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, allow_private);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    CURLcode rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out->status);
    bool is_enough = rc == CURLE_WRITE_ERROR && out->bytes > MOST;
    if (rc != CURLE_OK && !is_enough) {
        out->status = 0;
        snprintf(out->detail, sizeof(out->detail), "%s", curl_easy_strerror(rc));
    } else {
        const char *end = NULL;
        curl_easy_getinfo(c, CURLINFO_EFFECTIVE_URL, &end);
        if (end && strcmp(end, url) != 0)
            snprintf(out->detail, sizeof(out->detail), "leads to %.250s", end);
    }
    curl_easy_cleanup(c);
}

static int record(struct library_job *job, const char *id, const char *url, const struct fetched *f)
{
    char path[200];
    int code;
    snprintf(path, sizeof(path), "library/checked/%.100s", id);
    json_object_clear(job->args);
    json_object_set_new(job->args, "url", json_string(url));
    json_object_set_new(job->args, "status", json_integer(f->status));
    json_object_set_new(job->args, "detail", json_string(f->detail));
    json_t *j = library_job_ask(job, path, &code);
    json_decref(j);
    return code;
}

static bool is_meant(const struct library_job *job, const char *id)
{
    for (int i = 0; i < job->n; i++) {
        if (strcmp(job->word[i], id) == 0)
            return true;
    }
    return job->n == 0;
}

int library_job_links(struct library_job *job)
{
    int code;
    size_t i;
    json_t *one;
    json_object_set_new(job->args, "days", json_integer(job->check && job->n == 0 ? job->days : 0));
    json_object_set_new(job->args, "most", json_integer(1000));
    json_t *j = library_job_ask(job, "library/links", &code);
    if (j && job->as_json && !job->check)
        printf("%.*s\n", SLICE_ARG(buf_slice(&job->actor.answer)));
    if (job->check && curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        code = command_error(&cmd_library, EXIT_FAILED, "libcurl cannot start");
    json_array_foreach(json_object_get(j, "links"), i, one)
    {
        const char *id = json_string_value(json_object_get(one, "id"));
        const char *url = json_string_value(json_object_get(one, "url"));
        struct fetched f;
        if (code != EXIT_FINE || (!job->check && job->as_json) || id == NULL || url == NULL)
            break;
        if (!is_meant(job, id))
            continue;
        if (!job->check) {
            bool never = json_integer_value(json_object_get(one, "checked_us")) == 0;
            printf("%s  %s%s\n", id, url, never ? "  (never checked)" : "");
            continue;
        }
        fetch(url, &job->allow_private, &f);
        if (job->as_json)
            printf("{\"id\": \"%s\", \"status\": %ld}\n", id, f.status);
        else
            printf("%3ld  %s  %s\n", f.status, id, f.status ? "" : f.detail);
        code = record(job, id, url, &f);
    }
    json_decref(j);
    return code;
}
