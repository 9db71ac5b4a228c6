# A hook on blocks that counts instructions, on x86-64 under the System V ABI: called before each block with the instance, the block's
# address, its length in bytes, and our data. It lets a block run if what is left of the budget is enough for all of it. Otherwise it
# stops the instance, which then has its PC at the block.
#
# The data lie in the page behind the code.
#
# A block that was cut is the last, unless it is a block's end: after it the instance stops without a look at the next.

        .set    LEFT, 0                 # what is left of the budget, instructions
        .set    BLOCK, 8                # address of the block that was stopped at, or of the last one that was let run
        .set    LENGTH, 16              # its instructions
        .set    PLACE, 24               # where that block called from: no two blocks call from one place
        .set    STOPPED, 32             # 1: stopped at that block, none of which has run
        .set    CUT, 40                 # not 0: the next block is a cut one; 1: and the last
        .set    NEW, 48                 # 1: the next block was just translated
        .set    NEW_BLOCK, 56           # address of the block that was, and where it called from
        .set    NEW_PLACE, 64
        .set    EXIT, 72                # pointer to the word that is negative once a stop has been asked for
        .set    STOP, 80                # uc_emu_stop
        .set    REQUESTS, 88            # pointers to three bytes that are 1 while a stop is asked for
        .set    SPECIAL, 112            # pointer to 4096 bytes: not 0 for blocks to stop at, by bits 2 to 13 of their addresses
        .set    LEAVE, 120              # 1: the access that is under way ends the run
        .set    CPU, 128
        .set    ACCESS, 136             # pointer to where the access that is under way called from
        .set    LOOP, 144               # cpu_loop_exit_restore
        .set    READ, 152               # our own functions
        .set    WRITE, 160

        .text
start:  endbr64
        mov     EXIT(%rcx), %rax
        cmpl    $0, (%rax)
        js      9f                      # the block will not run
        cmpq    $0, NEW(%rcx)
        jne     new
1:      shr     $2, %edx
        cmpq    $0, CUT(%rcx)
        jne     cut
        mov     %esi, %eax
        shr     $2, %eax
        and     $0xfff, %eax
        add     SPECIAL(%rcx), %rax
        cmpb    $0, (%rax)
        jne     stop
        mov     LEFT(%rcx), %rax
        sub     %rdx, %rax
        js      stop
        mov     %rax, LEFT(%rcx)
note:   mov     %rsi, BLOCK(%rcx)
        mov     %rdx, LENGTH(%rcx)
        mov     (%rsp), %rax
        mov     %rax, PLACE(%rcx)
9:      ret

cut:    mov     CUT(%rcx), %r8
        movq    $0, CUT(%rcx)
        mov     LEFT(%rcx), %rax
        sub     %rdx, %rax
        js      stop
        mov     %rax, LEFT(%rcx)
        jnz     note
        cmp     $1, %r8
        jne     note
        mov     REQUESTS(%rcx), %rax
        movb    $1, (%rax)
        mov     REQUESTS+8(%rcx), %rax
        movb    $1, (%rax)
        mov     REQUESTS+16(%rcx), %rax
        movb    $1, (%rax)
        jmp     note

stop:   mov     %rsi, BLOCK(%rcx)
        mov     %rdx, LENGTH(%rcx)
        mov     (%rsp), %rax
        mov     %rax, PLACE(%rcx)
        movq    $1, STOPPED(%rcx)
        jmp     *STOP(%rcx)

new:    movq    $0, NEW(%rcx)
        mov     (%rsp), %rax
        mov     %rax, NEW_PLACE(%rcx)
        mov     %rsi, NEW_BLOCK(%rcx)
        jmp     1b

# What the library calls for loads and stores at addresses where there is nothing. Both ask our own functions first, which may have the
# run end there, in the middle of a block: then the CPU's state is that before the instruction.

        .org    start + 256
read:   endbr64
        sub     $8, %rsp
        call    *data+READ(%rip)
        jmp     1f

        .org    start + 288
write:  endbr64
        sub     $8, %rsp
        call    *data+WRITE(%rip)
1:      cmpq    $0, data+LEAVE(%rip)
        je      2f
        movq    $0, data+LEAVE(%rip)
        mov     data+CPU(%rip), %rdi
        mov     data+ACCESS(%rip), %rsi
        mov     (%rsi), %rsi
        call    *data+LOOP(%rip)        # does not return; in a library where it does, the self-test fails
2:      add     $8, %rsp
        ret

        .org    start + 4096
data:   .skip   256
