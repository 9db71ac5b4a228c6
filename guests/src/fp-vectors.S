// uint64_t spin_vectors(uint64_t seed, uint64_t steps): see fp.c. v8 to v15 belong to the caller.
        .file   "fp-vectors.S"                     // otherwise the symbol table has a temporary name
        .altmacro
        .macro  fill n
        add     x10, x0, #\n
        mul     x10, x10, x9
        dup     v\n\().2d, x10
        .endm
        .macro  step n, m
        add     v\n\().2d, v\n\().2d, v\m\().2d
        .endm
        .macro  fold n
        umov    x10, v\n\().d[1]
        eor     x0, x0, x10
        mul     x0, x0, x9
        .endm

        .text
        .global spin_vectors
        .type   spin_vectors, %function
spin_vectors:
        stp     d8, d9, [sp, #-64]!
        stp     d10, d11, [sp, #16]
        stp     d12, d13, [sp, #32]
        stp     d14, d15, [sp, #48]
        mov     x9, #0x01b3
        movk    x9, #0x100, lsl #32
        .set    i, 0
        .rept   32
        fill    %i
        .set    i, i + 1
        .endr
1:
        .set    i, 0
        .rept   31
        .set    j, i + 1
        step    %i, %j
        .set    i, j
        .endr
        subs    x1, x1, #1
        b.ne    1b
        .set    i, 0
        .rept   32
        fold    %i
        .set    i, i + 1
        .endr
        ldp     d10, d11, [sp, #16]
        ldp     d12, d13, [sp, #32]
        ldp     d14, d15, [sp, #48]
        ldp     d8, d9, [sp], #64
        ret
        .size   spin_vectors, . - spin_vectors
