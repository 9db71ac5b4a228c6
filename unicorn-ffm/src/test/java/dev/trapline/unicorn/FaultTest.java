package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.engine.PartialDevice;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.GuestFault.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultTest {

    private static final long NOWHERE = 0x3000_0000;

    @Test
    void undefinedInstructionsStopAtTheInstruction() {
        fault("nop; .inst 0x00000000", Kind.UNDEFINED_INSTRUCTION, 0, 4);
    }

    @Test
    void supervisorCallsStopAfterTheInstructionWithTheirSyndrome() {
        GuestFault fault = fault("nop; svc #0x42", Kind.SUPERVISOR_CALL, 0, 8);
        assertThat(fault.detail()).as("EC 0x15, IL, the immediate").isEqualTo(0x5600_0042);
    }

    @Test
    void breakpointsStopAtTheInstruction() {
        fault("nop; brk #1", Kind.BREAKPOINT, 0, 4);
    }

    @Test
    void unmappedAccessesTellTheirAddressAndStopAtTheInstruction() {
        fault("mov x1, #0x30000000; nop; ldr x0, [x1, #8]; nop", Kind.UNMAPPED_READ, NOWHERE + 8, 8);
        fault("mov x1, #0x30000000; nop; str w0, [x1, #4]; nop", Kind.UNMAPPED_WRITE, NOWHERE + 4, 8);
        fault("mov x1, #0x30000000; br x1", Kind.UNMAPPED_FETCH, NOWHERE, NOWHERE - Snippet.BASE);
    }

    @Test
    void aMisalignedExclusiveAccessIsADataAbortWithItsAddress() {
        GuestFault fault = fault(
                "mov x1, #0x40000000; add x1, x1, #0x101; ldxr x0, [x1]", Kind.DATA_ABORT, Snippet.BASE + 0x101, 8);
        assertThat(fault.detail() >>> 26)
                .as("EC: data abort from the same level")
                .isEqualTo(0x25);
        assertThat(fault.detail() & 0x3f).as("DFSC: alignment").isEqualTo(0x21);
    }

    @Test
    void hypercallsAreUndefinedAtEl0() {
        for (String call : List.of("hvc #0", "smc #0")) {
            String source = "adr x0, user; msr elr_el1, x0; mov x0, #0x3c0; msr spsr_el1, x0; eret; user: nop; " + call;
            fault(source, Kind.UNDEFINED_INSTRUCTION, 0, 24);
        }
    }

    @Test
    void aReadOfAnUnallocatedSystemRegisterIsUndefined() {
        // MRS x0, S3_7_C15_C15_7
        fault("nop; .inst 0xd53fffe0", Kind.UNDEFINED_INSTRUCTION, 0, 4);
    }

    @Test
    void deviceAccessesArriveAsTheyCome() {
        List<String> seen = new ArrayList<>();
        MmioDevice device = new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                seen.add("read " + offset + " " + size);
                return 0x1122_3344_5566_7788L;
            }

            @Override
            public void write(long offset, int size, long value) {
                seen.add("write " + offset + " " + size + " " + value);
            }
        };
        try (Snippet guest = Snippet.withDevice(
                device,
                "mov x1, #0x9000000; ldrb w2, [x1, #3]; ldr w3, [x1, #4]; mov w4, #9; strh w4, [x1, #6];"
                        + "ldr x5, [x1, #8]; hvc #0")) {
            HypercallExitTest.hypercall(guest.run());
            assertThat(seen)
                    .as("a 64-bit access is two of 4 bytes")
                    .containsExactly("read 3 1", "read 4 4", "write 6 2 9", "read 8 4", "read 12 4");
            assertThat(guest.x(2)).isEqualTo(0x88);
            assertThat(guest.x(3)).isEqualTo(0x5566_7788);
            assertThat(guest.x(5)).isEqualTo(0x5566_7788_5566_7788L);
        }
    }

    @Test
    void anAccessThatADeviceDoesNotAnswerMeetsNothing() {
        List<String> reached = new ArrayList<>();
        PartialDevice device = new PartialDevice() {
            @Override
            public boolean answers(long offset, int size) {
                return offset >= 0x10 && offset + size <= 0x20;
            }

            @Override
            public long read(long offset, int size) {
                reached.add("read " + offset);
                return 5;
            }

            @Override
            public void write(long offset, int size, long value) {
                reached.add("write " + offset);
            }
        };
        Map<String, Kind> accesses = Map.of(
                "ldr w0, [x1, #0xc]", Kind.UNMAPPED_READ,
                "ldrb w0, [x1, #0x20]", Kind.UNMAPPED_READ,
                "str w0, [x1, #0xc]", Kind.UNMAPPED_WRITE,
                "strb w0, [x1, #0x20]", Kind.UNMAPPED_WRITE);
        accesses.forEach((access, kind) -> {
            reached.clear();
            long offset = Long.decode(access.substring(access.indexOf('#') + 1, access.indexOf(']')));
            try (Snippet guest = Snippet.withDevice(
                    device, "mov x1, #0x9000000; ldr w2, [x1, #0x10]; ldrb w2, [x1, #0x1f]; " + access + "; nop")) {
                assertThat(guest.run()).as(access).isEqualTo(new GuestFault(kind, Snippet.DEVICE + offset, 0));
                assertThat(guest.pcOffset())
                        .as("%s: at the instruction", access)
                        .isEqualTo(12);
                assertThat(reached).as("%s: the two before it", access).containsExactly("read 16", "read 31");
            }
        });
    }

    @Test
    void whatADeviceThrowsIsThrownByTheSlice() {
        MmioDevice device = new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                throw new IllegalStateException("no such register");
            }

            @Override
            public void write(long offset, int size, long value) {
                throw new AssertionError("broken");
            }
        };
        try (Snippet guest = Snippet.withDevice(device, "mov x1, #0x9000000; ldr w0, [x1]; hvc #0")) {
            assertThatThrownBy(guest::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no such register");
        }
        try (Snippet guest = Snippet.withDevice(device, "mov x1, #0x9000000; str w0, [x1]; hvc #0")) {
            assertThatThrownBy(guest::run).isInstanceOf(AssertionError.class).hasMessage("broken");
        }
    }

    private static GuestFault fault(String source, Kind kind, long address, long pcOffset) {
        try (Snippet guest = Snippet.a64(source)) {
            Exit exit = guest.run();
            assertThat(exit).as(source).isInstanceOf(GuestFault.class);
            GuestFault fault = (GuestFault) exit;
            assertThat(fault.kind()).as(source).isEqualTo(kind);
            assertThat(fault.address()).as("address of: " + source).isEqualTo(address);
            assertThat(guest.pcOffset()).as("PC after: " + source).isEqualTo(pcOffset);
            return fault;
        }
    }
}
