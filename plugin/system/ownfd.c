#include "ownfd.h"

#include <sys/stat.h>
#include <unistd.h>

struct ownfd ownfd_take(int number)
{
    struct stat st;
    struct ownfd fd = {.number = -1};
    if (number < 0)
        return fd;
    if (fstat(number, &st) != 0) {
        close(number);
        return fd;
    }
    return (struct ownfd){number, st.st_dev, st.st_ino};
}

bool ownfd_is_there(const struct ownfd *fd)
{
    struct stat st;
    return fd->number >= 0 && fstat(fd->number, &st) == 0 && st.st_dev == fd->device &&
           st.st_ino == fd->inode;
}

void ownfd_close(struct ownfd *fd)
{
    if (ownfd_is_there(fd))
        close(fd->number);
    fd->number = -1;
}
