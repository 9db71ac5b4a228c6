// The kernel `compute`, `compute_count` rounds of it: a number given to the linker. Prints its digest.
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
