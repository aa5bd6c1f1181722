/* A name server on loopback that answers NXDOMAIN to every question, so that filters which ask the
 * network can be measured without one: a resolver that is silent would cost them their timeouts.
 *   nodns PORT
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define PACKET_MAX 4096
#define HEAD       12

/* Length of header and questions, 0 when the packet holds none. Some resolvers put several
 * questions into one packet, the later names as pointers to the first. */
static size_t question_end(const uint8_t *p, size_t n)
{
    size_t at = HEAD;
    if (n < HEAD || p[4] != 0 || p[5] == 0)
        return 0;
    for (int left = p[5]; left > 0; left--) {
        while (at < n && p[at] != 0 && p[at] < 64)
            at += 1 + (size_t)p[at];
        at += at < n && p[at] >= 192 ? 6 : 5;
    }
    return at <= n ? at : 0;
}

int main(int argc, char **argv)
{
    long port = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (port < 1 || port > 65535) {
        fputs("usage: nodns PORT\n", stderr);
        return 2;
    }
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
        perror("nodns");
        return 3;
    }
    for (;;) {
        uint8_t p[PACKET_MAX];
        struct sockaddr_in from;
        socklen_t len = sizeof from;
        ssize_t n = recvfrom(fd, p, sizeof p, 0, (struct sockaddr *)&from, &len);
        size_t end = n > 0 ? question_end(p, (size_t)n) : 0;
        if (end == 0) {
            fprintf(stderr, "nodns: a packet of %zd bytes without a question\n", n);
            continue;
        }
        p[2] = (uint8_t)(0x80 | (p[2] & 0x79)); /* an answer; opcode and RD as asked */
        p[3] = 0x83;                            /* RA, NXDOMAIN */
        for (int i = 6; i < HEAD; i++)
            p[i] = 0;
        sendto(fd, p, end, 0, (struct sockaddr *)&from, len);
    }
}
