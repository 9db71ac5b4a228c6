// The kernel `hypercalls` with `hypercall_count` rounds, a number that the linker sets.
        .file   "hypercall-loop.S"              // otherwise the symbol table has a temporary name
        .global main
        .type   main, %function
main:
        str     x30, [sp, #-16]!
        adrp    x9, count
        ldr     x0, [x9, :lo12:count]
        bl      hypercalls
        adrp    x0, text
        add     x0, x0, :lo12:text
        bl      print
        ldr     x30, [sp], #16
        ret
        .size   main, . - main

        .section .rodata
        .balign 8
count:  .quad   hypercall_count
text:   .asciz  "all calls made\n"
