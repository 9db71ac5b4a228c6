// Where every vCPU of an AArch32 guest begins. Memory that the image does not fill is zero, and the MMU is off.
// The compiler's options select A32 or T32.
        .file   "start32.S"                     // otherwise the symbol table has a temporary name
        .syntax unified
#ifdef __thumb__
        .thumb
#endif
        .arch   armv7ve
        .arch_extension sec
        .arch_extension virt

        .equ    STACK_SHIFT, 12

        .section .text.start, "ax"

        .global _start
        .type   _start, %function
_start:
        ldr     sp, =stacks + (1 << STACK_SHIFT)
        bl      main
        bl      power_off
        .size   _start, . - _start

// The entry point for CPU_ON. r0 is the number of the vCPU: the context argument of CPU_ON.
        .global secondary_start
        .type   secondary_start, %function
secondary_start:
        ldr     r1, =stacks
        add     r2, r0, #1
        add     r1, r1, r2, lsl #STACK_SHIFT
        mov     sp, r1
        bl      run_secondary
1:      wfi
        b       1b
        .size   secondary_start, . - secondary_start

// uint64_t hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3): the low words are the arguments
        .text
        .global hvc
        .type   hvc, %function
hvc:
        mov     r1, r2
        ldr     r2, [sp]
        ldr     r3, [sp, #8]
        hvc     #0
        mov     r1, #0
        bx      lr
        .size   hvc, . - hvc

        .global smc
        .type   smc, %function
smc:
        mov     r1, r2
        ldr     r2, [sp]
        ldr     r3, [sp, #8]
        smc     #0
        mov     r1, #0
        bx      lr
        .size   smc, . - smc

        .section .stacks, "aw", %nobits
        .balign 4096
stacks:
        .skip   64 << STACK_SHIFT
