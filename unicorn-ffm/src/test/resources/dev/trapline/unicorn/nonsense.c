/* A library that has every function of Unicorn 2 that Trapline calls, but none of them works.
 *
 * ANSWER: the result of each function. HANDLE: the handle of an instance. CONTEXT: the address of a context. SIZE: the
 * length of the context.
 */
#include <stddef.h>

static char block[65536];

unsigned uc_version(unsigned *major, unsigned *minor) { return 0x020001ff; }
_Bool uc_arch_supported(int arch) { return 1; }

int uc_open(int arch, int mode, void **instance) {
    *instance = (void *)(HANDLE);
    return ANSWER;
}

int uc_context_alloc(void *instance, void **context) {
    *context = (void *)(CONTEXT);
    return ANSWER;
}

size_t uc_context_size(void *instance) { return SIZE; }

#define FUNCTION(name) \
    int name(void) { return ANSWER; }

FUNCTION(uc_close)
FUNCTION(uc_emu_start)
FUNCTION(uc_emu_stop)
FUNCTION(uc_reg_read_batch)
FUNCTION(uc_reg_write_batch)
FUNCTION(uc_mem_map_ptr)
FUNCTION(uc_mem_unmap)
FUNCTION(uc_mem_protect)
FUNCTION(uc_mmio_map)
FUNCTION(uc_hook_add)
FUNCTION(uc_ctl)
FUNCTION(uc_context_save)
FUNCTION(uc_context_restore)
FUNCTION(uc_context_free)
FUNCTION(arm_cpu_tlb_fill_aarch64)
FUNCTION(tlb_reset_dirty_aarch64)
FUNCTION(cpu_restore_state_aarch64)
FUNCTION(cpu_loop_exit_restore_aarch64)
