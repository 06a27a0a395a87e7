#include "symbol.h"

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct wanted {
    uintptr_t address;
    const char *name;
    size_t size; /* found */
};

struct table {
    uintptr_t base;
    const ElfW(Sym) * symbols;
    const char *texts;
    const uint32_t *gnu_hash; /* NULL: none */
    const uint32_t *hash;     /* NULL: none */
};

/* glibc has made the addresses in the section absolute, musl has not. */
static const void *pointer(uintptr_t base, ElfW(Addr) value)
{
    return (const void *)(value < base ? base + value : value);
}

static struct table read_dynamic(uintptr_t base, const ElfW(Dyn) * d)
{
    struct table t = {.base = base};
    for (; d->d_tag != DT_NULL; d++) {
        const void *at = pointer(base, d->d_un.d_ptr);
        if (d->d_tag == DT_SYMTAB)
            t.symbols = at;
        else if (d->d_tag == DT_STRTAB)
            t.texts = at;
        else if (d->d_tag == DT_GNU_HASH)
            t.gnu_hash = at;
        else if (d->d_tag == DT_HASH)
            t.hash = at;
    }
    return t;
}

static bool check(const struct table *t, uint32_t number, struct wanted *w)
{
    const ElfW(Sym) *s = &t->symbols[number];
    if (s->st_shndx == SHN_UNDEF || t->base + s->st_value != w->address ||
        strcmp(t->texts + s->st_name, w->name) != 0)
        return false;
    w->size = s->st_size;
    return true;
}

static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

/* Four numbers; a filter of words as long as an address; for each bucket its first
 * symbol; for each symbol its hash, whose last bit is set in the last of a bucket. */
static void search_gnu(const struct table *t, struct wanted *w)
{
    const uint32_t buckets = t->gnu_hash[0], first = t->gnu_hash[1];
    const uint32_t filter = t->gnu_hash[2], hash = gnu_hash(w->name);
    const uint32_t *bucket =
        t->gnu_hash + 4 + filter * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
    const uint32_t *hashes = bucket + buckets;
    uint32_t number = buckets ? bucket[hash % buckets] : 0;
    if (number < first)
        return;
    for (;; number++) {
        uint32_t other = hashes[number - first];
        if (((other ^ hash) >> 1 == 0 && check(t, number, w)) || other & 1)
            return;
    }
}

/* The older table has the number of symbols in its second word. */
static void search_all(const struct table *t, struct wanted *w)
{
    for (uint32_t number = 1; number < t->hash[1]; number++)
        if (check(t, number, w))
            return;
}

static bool has_address(const struct dl_phdr_info *object, uintptr_t address)
{
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &object->dlpi_phdr[i];
        if (p->p_type == PT_LOAD &&
            address - object->dlpi_addr - p->p_vaddr < p->p_memsz)
            return true;
    }
    return false;
}

static int look_into(struct dl_phdr_info *object, size_t size, void *wanted)
{
    struct wanted *w = wanted;
    (void)size;
    if (!has_address(object, w->address))
        return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &object->dlpi_phdr[i];
        if (p->p_type != PT_DYNAMIC)
            continue;
        uintptr_t base = object->dlpi_addr;
        struct table t = read_dynamic(base, (const void *)(base + p->p_vaddr));
        if (!t.symbols || !t.texts)
            continue;
        if (t.gnu_hash)
            search_gnu(&t, w);
        else if (t.hash)
            search_all(&t, w);
    }
    return 1;
}

size_t symbol_size(const void *address, const char *name)
{
    struct wanted w = {.address = (uintptr_t)address, .name = name};
    dl_iterate_phdr(look_into, &w);
    return w.size;
}
