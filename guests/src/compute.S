// Arithmetic and memory, about ten instructions a loop, `compute_count` times: a number given to the linker. Prints a digest.
//
// A table of 4096 words is walked in an order that a generator decides; every loop reads one word and writes one.
        .file   "compute.S"                     // otherwise the symbol table has a temporary name
        .global main
        .type   main, %function
main:
        str     x30, [sp, #-16]!
        adrp    x9, count
        ldr     x9, [x9, :lo12:count]
        adrp    x10, table
        add     x10, x10, :lo12:table
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

        mov     x1, x0
        adrp    x0, format
        add     x0, x0, :lo12:format
        bl      print_line
        ldr     x30, [sp], #16
        ret
        .size   main, . - main

        .section .rodata
        .balign 8
count:  .quad   compute_count
format: .asciz  "digest %x"

        .bss
        .balign 64
table:  .skip   4096 * 8
