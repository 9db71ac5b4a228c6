// The code in which byte-order.c starts other CPUs and suspends itself. It reads the data endianness, and does not depend on it.
        .file   "byte-order.S"                  // otherwise the symbol table has a temporary name

// Offsets in struct seen of byte-order.c.
        .equ    CONTROL, 0
        .equ    STATE, 4
        .equ    WORD, 8
        .equ    VISITED, 12
        .equ    STACK, 16
        .equ    RESUMED, 0x77

#ifdef __aarch64__
        .arch   armv8-a
        .text
        .balign 4
// uintptr_t call_in(unsigned order, const uintptr_t call[4], struct seen *seen): makes a call with this data endianness.
// It returns the result of the call, or RESUMED if the CPU resumed at `look`.
        .global call_in
        .type   call_in, %function
call_in:
        stp     x29, x30, [sp, #-96]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        mov     x9, sp
        str     x9, [x2, #STACK]
        ldp     x4, x5, [x1]
        ldp     x6, x7, [x1, #16]
        lsr     x0, x0, #1
        mrs     x10, sctlr_el1
        bfi     x10, x0, #25, #1
        msr     sctlr_el1, x10
        isb
        mov     x0, x4
        mov     x1, x5
        mov     x2, x6
        mov     x3, x7
        hvc     #0
        bfi     x10, xzr, #25, #1
        msr     sctlr_el1, x10
        isb
back:
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #96
        ret
        .size   call_in, . - call_in

// Where a CPU starts or resumes: its context is a struct seen.
        .global look
        .type   look, %function
look:
        mrs     x1, sctlr_el1
        adr     x2, sample
        ldr     w3, [x2]
        mov     x4, x1
        bfi     x4, xzr, #25, #1
        msr     sctlr_el1, x4
        isb
        str     w1, [x0, #CONTROL]
        str     w3, [x0, #WORD]
        mov     w4, #1
        str     w4, [x0, #VISITED]
        ldr     x5, [x0, #STACK]
        cbz     x5, 1f
        mov     sp, x5
        mov     x0, #RESUMED
        b       back
1:      mov     w0, #0x0002
        movk    w0, #0x8400, lsl #16
        hvc     #0
2:      b       2b
        .balign 4
sample: .word   0x11223344
        .size   look, . - look
#else
        .syntax unified
#ifdef __thumb__
        .thumb
#endif
        .arch   armv7ve
        .arch_extension virt
        .text
        .balign 4
        .global call_in
        .type   call_in, %function
call_in:
        push    {r4-r11, lr}
        mov     r9, sp
        str     r9, [r2, #STACK]
        ldr     r5, [r1]
        ldr     r6, [r1, #4]
        ldr     r7, [r1, #8]
        ldr     r8, [r1, #12]
        mrc     p15, 0, r9, c1, c0, 0
        lsr     r10, r0, #1
        bfi     r9, r10, #25, #1
        mcr     p15, 0, r9, c1, c0, 0
        isb
        tst     r0, #1
        beq     1f
        setend  be
1:      mov     r0, r5
        mov     r1, r6
        mov     r2, r7
        mov     r3, r8
        hvc     #0
        setend  le
        mrc     p15, 0, r9, c1, c0, 0
        bfc     r9, #25, #1
        mcr     p15, 0, r9, c1, c0, 0
        isb
        pop     {r4-r11, pc}
        .size   call_in, . - call_in

        .balign 4
        .global look
        .type   look, %function
look:
        mrs     r1, cpsr
        mrc     p15, 0, r2, c1, c0, 0
        adr     r3, sample
        ldr     r4, [r3]
        setend  le
        mov     r5, r2
        bfc     r5, #25, #1
        mcr     p15, 0, r5, c1, c0, 0
        isb
        str     r2, [r0, #CONTROL]
        str     r1, [r0, #STATE]
        str     r4, [r0, #WORD]
        mov     r5, #1
        str     r5, [r0, #VISITED]
        ldr     r5, [r0, #STACK]
        cmp     r5, #0
        beq     1f
        mov     sp, r5
        mov     r0, #RESUMED
        pop     {r4-r11, pc}
1:      movw    r0, #0x0002
        movt    r0, #0x8400
        hvc     #0
2:      b       2b
        .balign 4
sample: .word   0x11223344
        .size   look, . - look
#endif
