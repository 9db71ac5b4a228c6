// Where every vCPU of a guest begins. Memory that the image does not fill is zero, and the MMU is off.
        .file   "start.S"                     // otherwise the symbol table has a temporary name

        .equ    CPACR_FPEN, 3 << 20             // no trap on SIMD and floating point
        .equ    STACK_SHIFT, 12

        .section .text.start, "ax"

        .global _start
        .type   _start, %function
_start:
        adrp    x9, stacks
        add     x9, x9, :lo12:stacks
        add     x9, x9, #1 << STACK_SHIFT
        mov     sp, x9
        mov     x9, #CPACR_FPEN
        msr     cpacr_el1, x9
        isb
        bl      main                            // x0 is the device tree's address
        bl      power_off
        .size   _start, . - _start

// The entry point for CPU_ON. x0 is the number of the vCPU: the context argument of CPU_ON.
        .global secondary_start
        .type   secondary_start, %function
secondary_start:
        adrp    x9, stacks
        add     x9, x9, :lo12:stacks
        add     x10, x0, #1
        add     x9, x9, x10, lsl #STACK_SHIFT
        mov     sp, x9
        mov     x9, #CPACR_FPEN
        msr     cpacr_el1, x9
        isb
        bl      run_secondary
1:      wfi
        b       1b
        .size   secondary_start, . - secondary_start

// uint64_t hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
        .text
        .global hvc
        .type   hvc, %function
hvc:
        hvc     #0
        ret
        .size   hvc, . - hvc

// uint64_t smc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
        .global smc
        .type   smc, %function
smc:
        smc     #0
        ret
        .size   smc, . - smc

        .section .stacks, "aw", %nobits
        .balign 4096
stacks:
        .skip   64 << STACK_SHIFT
