/* Mail files of any shape: the reader ends, keeps its cap, and its messages together are no
 * longer than the file. */
#include "doors/mailbox.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define CAP 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum mail_kind kinds[] = {MAIL_AUTO, MAIL_EML, MAIL_MBOX};
    int fd = memfd_create("mail", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        struct mail_item item;
        struct err e;
        size_t sum = 0;
        lseek(fd, 0, SEEK_SET);
        struct mail_reader *r = mail_reader_new(fd, kinds[i], CAP);
        while (mail_reader_next(r, &e, &item) == 1) {
            sum += item.raw.n;
            if (item.raw.n > CAP || sum > size || item.offset > size)
                BUG("more than there was");
        }
        mail_reader_free(r);
    }
    close(fd);
    return 0;
}
