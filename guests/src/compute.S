// The kernel `compute` with `compute_count` rounds, a number that the linker sets. Prints its digest.
        .file   "compute.S"                     // otherwise the symbol table has a temporary name
        .global main
        .type   main, %function
main:
        str     x30, [sp, #-16]!
        adrp    x9, count
        ldr     x0, [x9, :lo12:count]
        bl      compute
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
