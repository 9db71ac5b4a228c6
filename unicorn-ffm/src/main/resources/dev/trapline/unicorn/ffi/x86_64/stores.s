# Replaces the function that fills the TLB of one engine (CPUClass.tlb_fill), on x86-64 under the System V ABI. Position independent;
# its data are in the page after it. It has a byte for each page of the guest's memory: 1 once code may have been translated from it.
#
# The library marks every writable page as "not dirty", and never removes the mark: each store leaves the translated code, to search
# for translations of the overwritten code. Here a page from which code was never fetched loses the mark, and its entry is closed for
# fetches: its addr_code gets a bit that no lookup matches. The first fetch calls this function, which opens the entry, records the
# page, and lets the library restore the mark in every entry of that page. No code is translated without a fetch, so none is missed.
#
# The library decides by the virtual address whether a store is allowed at all, when the store leaves the translated code. So the mark
# stays where it would not be allowed.
#
# Stores to addresses that no one may write (guarded) call this function each time: their entries are closed for stores too. That
# changes only their path, and Trapline's function can be called here (told), when the CPU's PC is that of the instruction.
#
# A closed entry is opened without a walk of the guest's page tables, and moved back from the victims as the library does it: the
# content of the TLB, and the times when it is filled, are the same as without this function.
#
# struct of an entry: addr_read, addr_write, addr_code, addend; 32 bytes. Pages of 1024 bytes.
# fetch fill: access 2; load 0; store 1

        .set    READ, 0
        .set    WRITE, 8
        .set    CODE, 16
        .set    ADDEND, 24
        .set    WINDOW, 16              # in a descriptor: the time since which the table has not been full, by the host's clock
        .set    VICTIMS, 48             # in a descriptor: 8 entries
        .set    VICTIM_IO, 304          # the I/O entry of each of those: 16 bytes
        .set    IO, 432                 # pointer to the I/O table: entries of 16 bytes; first word: the page in memory minus its address
        .set    DESCRIPTOR, 440         # its length
        .set    PAGE, -1024
        .set    CLOSED, 0x200
        .set    NOT_DIRTY, 0x100
        .set    DEVICE, 0x80
        .set    STORE, 1
        .set    FETCH, 2

        .text
start:  endbr64
        push    %rbp
        push    %rbx
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        sub     $24, %rsp
        mov     80(%rsp), %rax          # the seventh argument
        mov     %rax, (%rsp)
        mov     %edx, 8(%rsp)           # size
        mov     %r9d, 16(%rsp)          # whether this is a probe
        mov     %rdi, %rbx              # CPU
        mov     %rsi, %r12              # address
        mov     %ecx, %r13d             # access
        mov     %r8d, %r14d             # MMU mode
        cmp     $FETCH, %ecx
        je      fetch
        cmp     $STORE, %ecx
        jne     fill
        call    guarded
        jae     fill
        cmpq    $0, asked(%rip)
        je      1f
        movq    $0, asked(%rip)
        mov     %rbx, %rdi
        mov     (%rsp), %rsi
        mov     $1, %edx
        call    *restore(%rip)
        call    *told(%rip)
1:      call    locate                  # is its entry closed for stores?
        mov     %r12, %rsi
        and     $PAGE, %rsi
        or      $CLOSED, %rsi
        mov     WRITE(%r15), %rdi
        cmp     $-1, %rdi
        je      fill
        and     $(PAGE | CLOSED), %rdi
        cmp     %rsi, %rdi
        je      done
        lea     VICTIMS(%rcx), %rdi
        xor     %edx, %edx
1:      mov     WRITE(%rdi), %r8
        and     $(PAGE | CLOSED), %r8
        cmp     %rsi, %r8
        je      2f
        add     $32, %rdi
        add     $16, %edx
        cmp     $128, %edx
        jb      1b
        jmp     fill
2:      call    exchange
        jmp     done

fetch:  call    locate                  # is its entry closed?
        mov     %r12, %rsi
        and     $PAGE, %rsi
        or      $CLOSED, %rsi
        cmp     %rsi, CODE(%r15)
        je      open
        lea     VICTIMS(%rcx), %rdi
        xor     %edx, %edx
1:      cmp     %rsi, CODE(%rdi)
        je      2f
        add     $32, %rdi
        add     $16, %edx
        cmp     $128, %edx
        jb      1b
        jmp     fill
2:      call    exchange
open:   andq    $~CLOSED, CODE(%r15)
        call    locate
        jmp     fetched

fill:   mov     %rbx, %rdi
        mov     %r12, %rsi
        mov     8(%rsp), %edx
        mov     %r13d, %ecx
        mov     %r14d, %r8d
        mov     16(%rsp), %r9d
        lea     1(%r13), %rax
        mov     %rax, filling(%rip)
        call    *original(%rip)         # a fault does not return
        movq    $0, filling(%rip)
        test    %al, %al
        jz      none
        call    guarded
        sbb     %ebp, %ebp
        call    locate                  # again: filling may have moved the table
        mov     far(%rip), %rdx         # a table may grow, but never shrinks because of the clock
        mov     %rdx, WINDOW(%rcx)
        test    %ebp, %ebp
        jz      2f
        testq   $CLOSED, WRITE(%r15)    # closed, or without permission
        jnz     2f
        orq     $CLOSED, WRITE(%r15)
2:      cmp     $FETCH, %r13d
        je      fetched

        mov     (%r15,%r13,8), %rdx     # the requested word: READ or WRITE
        test    $DEVICE, %dl
        jnz     done
        call    number
        jae     done
        add     pages(%rip), %rdx
        cmpb    $0, (%rdx)
        jne     done
        cmp     %rsi, CODE(%r15)
        jne     3f
        orq     $CLOSED, CODE(%r15)
3:      or      $NOT_DIRTY, %rsi
        cmp     %rsi, WRITE(%r15)       # closed, if it is guarded
        jne     done
        andq    $~NOT_DIRTY, WRITE(%r15)
        jmp     done

fetched:
        mov     CODE(%r15), %rdx
        test    $~PAGE, %edx            # no memory
        jnz     done
        call    number
        jae     done
        add     pages(%rip), %rdx
        cmpb    $0, (%rdx)
        jne     done
        movb    $1, (%rdx)
        mov     %rbx, %rdi
        add     ADDEND(%r15), %rsi      # the page in the host's memory
        mov     $-PAGE, %edx
        call    *mark(%rip)
done:   mov     $1, %eax
        jmp     5f
none:   xor     %eax, %eax
5:      add     $24, %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbx
        pop     %rbp
        ret

# r15: the entry of the address; rax: its offset in the table; rcx: the descriptor of the MMU mode
locate: mov     %r14, %rdx
        shl     $4, %rdx
        add     tables(%rip), %rdx
        add     %rbx, %rdx              # mask, table
        mov     %r12, %rax
        shr     $5, %rax
        and     (%rdx), %rax
        mov     8(%rdx), %r15
        add     %rax, %r15
        imul    $DESCRIPTOR, %r14, %rcx
        add     descriptors(%rip), %rcx
        add     %rbx, %rcx
        ret

# sets the carry flag if the library allows no writes at the address
guarded:
        mov     ranges(%rip), %rdx
1:      mov     8(%rdx), %rax
        mov     %r12, %rcx
        sub     (%rdx), %rcx
        cmp     %rax, %rcx
        jb      2f
        add     $16, %rdx
        test    %rax, %rax
        jnz     1b
2:      ret

# exchanges the entry at r15 with the victim at rdi; rdx: 16 times its number
exchange:
        movups  (%rdi), %xmm0
        movups  16(%rdi), %xmm1
        movups  (%r15), %xmm2
        movups  16(%r15), %xmm3
        movups  %xmm2, (%rdi)
        movups  %xmm3, 16(%rdi)
        movups  %xmm0, (%r15)
        movups  %xmm1, 16(%r15)
        shr     $1, %rax
        add     IO(%rcx), %rax
        movups  (%rax), %xmm0
        movups  VICTIM_IO(%rcx,%rdx), %xmm1
        movups  %xmm0, VICTIM_IO(%rcx,%rdx)
        movups  %xmm1, (%rax)
        ret

# rdx: the number of the page in memory, below the limit if the carry flag is set; rsi: the page's address
number: mov     IO(%rcx), %rdx
        shr     $1, %rax
        mov     (%rdx,%rax), %rdx
        mov     %r12, %rsi
        and     $PAGE, %rsi
        add     %rsi, %rdx
        shr     $10, %rdx
        cmp     limit(%rip), %rdx
        ret

        .org    start + 4096
original:       .quad 0                 # arm_cpu_tlb_fill
mark:           .quad 0                 # tlb_reset_dirty
tables:         .quad 0                 # from the CPU's address to the tables of the MMU modes
descriptors:    .quad 0                 # from there to their descriptors
pages:          .quad 0                 # a byte for each page of memory
limit:          .quad 0                 # the number of those pages
ranges:         .quad 0                 # the ranges that may not be written: first address and length of each, then 0, 0
asked:          .quad 0                 # 1: the current guarded store has to be reported
restore:        .quad 0                 # cpu_restore_state
told:           .quad 0                 # Trapline's function
far:            .quad 0                 # a time in the far future
filling:        .quad 0                 # 1 to 3 while the library fills the TLB: for a load, a store, a fetch
