/* The unchanged Unicorn 2 library, except that it reports another version.
 *
 * REAL: the file of the real library. VERSION: the version that it reports. MOVED: if 1, a handle does not point to the
 * instance, but to a pointer to it, and the memory after that pointer is not mapped.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <sys/mman.h>

#define PAGE 4096

static void *function(const char *name) {
    static void *library;
    if (library == NULL) {
        library = dlopen(REAL, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    }
    return dlsym(library, name);
}

unsigned uc_version(unsigned *major, unsigned *minor) { return VERSION; }

_Bool uc_arch_supported(int arch) { return ((_Bool (*)(int))function("uc_arch_supported"))(arch); }

int uc_open(int arch, int mode, void **handle) {
    if (!MOVED) {
        return ((int (*)(int, int, void **))function("uc_open"))(arch, mode, handle);
    }
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages + PAGE, PAGE, PROT_NONE);
    void **instance = (void **)(pages + PAGE) - 1;
    *handle = instance;
    return ((int (*)(int, int, void **))function("uc_open"))(arch, mode, instance);
}

int uc_context_free(void *context) { return ((int (*)(void *))function("uc_context_free"))(context); }

typedef long (*any)(void *, long, long, long, long, long, long, long);

#define FORWARD(name)                                                                            \
    long name(void **handle, long a, long b, long c, long d, long e, long f, long g) {           \
        return ((any)function(#name))(MOVED ? *handle : handle, a, b, c, d, e, f, g);                             \
    }

FORWARD(uc_close)
FORWARD(uc_emu_start)
FORWARD(uc_emu_stop)
FORWARD(uc_reg_read_batch)
FORWARD(uc_reg_write_batch)
FORWARD(uc_mem_map_ptr)
FORWARD(uc_mem_unmap)
FORWARD(uc_mem_protect)
FORWARD(uc_mmio_map)
FORWARD(uc_hook_add)
FORWARD(uc_ctl)
FORWARD(uc_context_save)
FORWARD(uc_context_restore)
FORWARD(uc_context_alloc)
FORWARD(uc_context_size)
