// Arithmetic and memory, ten instructions a round: a table of 4096 words in the order of a random number generator;
// every round reads one word and writes one.
        .file   "compute.S"                     // otherwise the symbol table has a temporary name

// uint64_t compute(uint64_t rounds)
        .text
        .global compute
        .type   compute, %function
compute:
        mov     x9, x0
        adrp    x10, table
        add     x10, x10, :lo12:table
        mov     x11, #4096 * 8
1:      sub     x11, x11, #16
        add     x12, x10, x11
        stp     xzr, xzr, [x12]
        cbnz    x11, 1b
        mov     x11, #0x9e3779b97f4a7c15 & 0xffff
        movk    x11, #0x7f4a, lsl #16
        movk    x11, #0x79b9, lsl #32
        movk    x11, #0x9e37, lsl #48
        mov     x0, #0                          // the digest
        mov     x12, #1                         // the generator's state

compute_loop:
        add     x12, x12, x11
        eor     x13, x12, x12, lsr #29
        ubfx    x14, x13, #7, #12
        ldr     x15, [x10, x14, lsl #3]
        madd    x0, x0, x11, x15
        eor     x15, x15, x13, ror #17
        add     x15, x15, x0, lsr #3
        str     x15, [x10, x14, lsl #3]
        subs    x9, x9, #1
        b.ne    compute_loop
        ret
        .size   compute, . - compute

        .bss
        .balign 64
table:  .skip   4096 * 8
