// Takes every exception of a guest that looks at architectural corners, and writes down what it found.
        .file   "corner.S"                    // otherwise the symbol table has a temporary name
        .arch   armv8-a

// The fields of corner_t, corner.h.
        .equ    VECTOR, 0
        .equ    ESR, 8
        .equ    ELR, 16
        .equ    SPSR, 24
        .equ    FAR, 32
        .equ    DAIF, 40
        .equ    SPSEL, 48
        .equ    CURRENT_EL, 56
        .equ    SP_AT_ENTRY, 64
        .equ    COUNT, 72
        .equ    MODE, 80
        .equ    INTID, 88
        .equ    KEPT, 96                        // x19 to x30
        .equ    KEPT_SP, 192
        .equ    SIZE_SHIFT, 8

        .equ    GICC_IAR, 0x0801000c
        .equ    GICC_EOIR, 0x08010010

        .text
        .balign 2048
        .global corner_vectors
        .type   corner_vectors, %object
corner_vectors:
        .irp    offset, 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780
        .balign 128
        msr     tpidr_el1, x0
        mov     x0, #\offset
        b       note
        .endr
        .balign 128
        .size   corner_vectors, . - corner_vectors

        .type   note, %function
note:
        msr     tpidrro_el0, x1
        mrs     x1, mpidr_el1
        and     x1, x1, #0xff
        lsl     x1, x1, #SIZE_SHIFT
        msr     tpidr_el0, x2
        adrp    x2, corners
        add     x2, x2, :lo12:corners
        add     x1, x1, x2
        str     x0, [x1, #VECTOR]
        mrs     x0, esr_el1
        str     x0, [x1, #ESR]
        mrs     x0, elr_el1
        str     x0, [x1, #ELR]
        mrs     x0, spsr_el1
        str     x0, [x1, #SPSR]
        mrs     x0, far_el1
        str     x0, [x1, #FAR]
        mrs     x0, daif
        str     x0, [x1, #DAIF]
        mrs     x0, spsel
        str     x0, [x1, #SPSEL]
        mrs     x0, currentel
        str     x0, [x1, #CURRENT_EL]
        mov     x0, sp
        str     x0, [x1, #SP_AT_ENTRY]
        ldr     x0, [x1, #COUNT]
        add     x0, x0, #1
        str     x0, [x1, #COUNT]
        ldr     x0, [x1, #MODE]
        cbz     x0, leave
        cmp     x0, #2
        b.eq    after
        b.gt    acknowledge
// 1: returns with interrupts masked.
        mrs     x0, spsr_el1
        orr     x0, x0, #0xc0
        msr     spsr_el1, x0
        b       resume
// 2: continues after the instruction.
after:  mrs     x0, elr_el1
        add     x0, x0, #4
        msr     elr_el1, x0
resume: mrs     x2, tpidr_el0
        mrs     x1, tpidrro_el0
        mrs     x0, tpidr_el1
        eret
// 3: acknowledges and ends the interrupt at a GICv2, and continues.
acknowledge:
        ldr     x0, =GICC_IAR
        ldr     w2, [x0]
        str     x2, [x1, #INTID]
        ldr     x0, =GICC_EOIR
        str     w2, [x0]
        b       resume
// 0: returns from corner_enter.
leave:  ldp     x19, x20, [x1, #KEPT]
        ldp     x21, x22, [x1, #KEPT + 16]
        ldp     x23, x24, [x1, #KEPT + 32]
        ldp     x25, x26, [x1, #KEPT + 48]
        ldp     x27, x28, [x1, #KEPT + 64]
        ldp     x29, x30, [x1, #KEPT + 80]
        ldr     x0, [x1, #KEPT_SP]
        msr     spsel, #1
        mov     sp, x0
        mov     x0, x1
        ret
        .ltorg
        .size   note, . - note

// const corner_t *corner_enter(uint64_t pc, uint64_t spsr, uint64_t x0, uint64_t x1)
        .global corner_enter
        .type   corner_enter, %function
corner_enter:
        mrs     x9, mpidr_el1
        and     x9, x9, #0xff
        lsl     x9, x9, #SIZE_SHIFT
        adrp    x10, corners
        add     x10, x10, :lo12:corners
        add     x9, x9, x10
        stp     x19, x20, [x9, #KEPT]
        stp     x21, x22, [x9, #KEPT + 16]
        stp     x23, x24, [x9, #KEPT + 32]
        stp     x25, x26, [x9, #KEPT + 48]
        stp     x27, x28, [x9, #KEPT + 64]
        stp     x29, x30, [x9, #KEPT + 80]
        mov     x10, sp
        str     x10, [x9, #KEPT_SP]
        msr     elr_el1, x0
        msr     spsr_el1, x1
        mov     x0, x2
        mov     x1, x3
        eret
        .size   corner_enter, . - corner_enter

        .bss
        .balign 256
        .global corners
        .type   corners, %object
corners:
        .skip   8 << SIZE_SHIFT
        .size   corners, . - corners
