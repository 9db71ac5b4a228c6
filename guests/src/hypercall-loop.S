// Calls PSCI_VERSION `hypercall_count` times, a number given to the linker, and does next to nothing else.
        .file   "hypercall-loop.S"                     // otherwise the symbol table has a temporary name
        .global main
        .type   main, %function
main:
        str     x30, [sp, #-16]!
        adrp    x19, count
        ldr     x19, [x19, :lo12:count]
1:      mov     w0, #0x84000000
        hvc     #0
        subs    x19, x19, #1
        b.ne    1b
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
