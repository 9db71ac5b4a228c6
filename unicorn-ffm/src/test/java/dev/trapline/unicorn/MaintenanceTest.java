package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.Exit.Maintenance;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MaintenanceTest {

    private static final long TARGET = Snippet.BASE + 0x1000;
    private static final String RETURN_5 = "mov x0, #5; hvc #0";
    private static final String RETURN_6 = "mov x0, #6; hvc #0";

    @Test
    void operationsThatOtherEnginesMustSeeEndTheSliceExactlyAfterTheInstruction() {
        Map<String, Integer> operations = new TreeMap<>(Map.of(
                "ic ialluis", Maintenance.encode(0, 7, 1, 0),
                "ic iallu", Maintenance.encode(0, 7, 5, 0),
                "ic ivau, x1", Maintenance.encode(3, 7, 5, 1),
                "tlbi vmalle1is", Maintenance.encode(0, 8, 3, 0),
                "tlbi vae1is, x1", Maintenance.encode(0, 8, 3, 1),
                "tlbi aside1is, x1", Maintenance.encode(0, 8, 3, 2),
                "tlbi vaae1is, x1", Maintenance.encode(0, 8, 3, 3)));
        operations.forEach((source, operation) -> {
            try (Snippet guest = Snippet.a64("mov x1, #0x40000000; nop; " + source + "; mov x0, #1; hvc #0")) {
                long argument = source.endsWith("x1") ? Snippet.BASE : 0;
                assertThat(guest.run()).as(source).isEqualTo(new Maintenance(operation, argument));
                assertThat(guest.pcOffset()).as("PC after: " + source).isEqualTo(12);
                assertThat(guest.x(0))
                        .as("the next instruction has not run: " + source)
                        .isZero();
                guest.engine().maintain(new Maintenance(operation, argument));
                assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                        .isEqualTo(1);
            }
        });
    }

    @Test
    void theSliceEndsExactlyThereWhateverTheBudgetAndThePlaceInThePage() {
        for (int before = 1020; before <= 1025; before++) {
            byte[] operation = Assembler.a64("ic iallu; hvc #0");
            try (Snippet guest = Snippet.a64("hvc #1")) {
                for (int k = 0; k < before; k++) {
                    guest.write(Snippet.BASE + 4L * k, Assembler.a64("nop"));
                }
                guest.write(Snippet.BASE + 4L * before, operation);
                assertThat(guest.run(before + 1)).as("the last of its budget").isInstanceOf(Maintenance.class);
                assertThat(guest.pcOffset()).isEqualTo(4L * before + 4);
            }
        }
    }

    @Test
    void operationsThatStayOnTheirCpuDoNotEndTheSlice() {
        try (Snippet guest = Snippet.a64("mov x1, #0x40000000; dc civac, x1; tlbi vmalle1; dsb sy; isb; hvc #0")) {
            HypercallExitTest.hypercall(guest.run());
        }
    }

    @Test
    void aDeniedOperationIsAFaultAndNoMaintenance() {
        try (Snippet guest =
                Snippet.a64("adr x9, user; msr elr_el1, x9; mov x9, #0x3c0; msr spsr_el1, x9; eret; user: ic iallu")) {
            assertThat(guest.run()).isInstanceOf(GuestFault.class);
            assertThat(guest.pcOffset()).isEqualTo(20);
        }
    }

    @Test
    void codePatchedByOneEngineIsRunByTheOtherAfterMaintenance() {
        try (Snippet guest = Snippet.a64("str w2, [x1]; ic ivau, x1; dsb sy; isb; hvc #7")) {
            int other = guest.open();
            guest.write(TARGET, Assembler.a64(RETURN_5));
            assertThat(callOn(guest, other)).isEqualTo(5);

            int six = ByteBuffer.wrap(Assembler.a64(RETURN_6))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt();
            guest.engine().writeRegisters(RegisterWrites.NONE.and(1, TARGET).and(2, six));
            Exit exit = guest.run();
            assertThat(exit).isEqualTo(new Maintenance(Maintenance.encode(3, 7, 5, 1), TARGET));
            guest.engine(0).maintain((Maintenance) exit);
            guest.engine(other).maintain((Maintenance) exit);
            assertThat(callOn(guest, other)).as("the patched code").isEqualTo(6);
            HypercallExitTest.hypercall(guest.run());
        }
    }

    @Test
    void withoutMaintenanceTheOtherEngineRunsWhatItTranslated() {
        try (Snippet guest = Snippet.a64("nop")) {
            guest.write(TARGET, Assembler.a64(RETURN_5));
            assertThat(callOn(guest, 0)).isEqualTo(5);
            guest.write(TARGET, Assembler.a64(RETURN_6));
            assertThat(callOn(guest, 0)).as("there are translations to drop").isEqualTo(5);
        }
    }

    @Test
    void codeWrittenByTheHostIsRunAfterItsTranslationsAreDropped() {
        try (Snippet guest = Snippet.a64("nop")) {
            guest.write(TARGET, Assembler.a64(RETURN_5));
            assertThat(callOn(guest, 0)).isEqualTo(5);
            guest.write(TARGET, Assembler.a64(RETURN_6));
            guest.engine().dropTranslations(TARGET, 4);
            assertThat(callOn(guest, 0)).isEqualTo(6);
        }
    }

    @Test
    void invalidatingEverythingDropsEverything() {
        try (Snippet guest = Snippet.a64("nop")) {
            guest.write(TARGET, Assembler.a64(RETURN_5));
            callOn(guest, 0);
            guest.write(TARGET, Assembler.a64(RETURN_6));
            guest.engine().maintain(new Maintenance(Maintenance.encode(0, 7, 1, 0), 0));
            assertThat(callOn(guest, 0)).isEqualTo(6);
        }
    }

    @Test
    void codePatchedByTheGuestItselfIsRunAfterItsMaintenance() {
        try (Snippet guest = Snippet.a64("adr x1, here; ldr w2, six; str w2, [x1]; dc cvau, x1; dsb sy; ic ivau, x1;"
                + "dsb sy; isb; here: mov x0, #5; hvc #0; six: .inst 0xd28000c0")) {
            guest.engine().maintain((Maintenance) guest.run());
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                    .isEqualTo(6);
        }
    }

    @Test
    void anyAddressMayBeNamed() {
        try (Snippet guest =
                Snippet.a64("mov x1, #-1; ic ivau, x1; ldr x1, =0x7fffffffffffffff; ic ivau, x1; hvc #0")) {
            guest.engine().maintain((Maintenance) guest.run());
            guest.engine().maintain((Maintenance) guest.run());
            for (long address : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Snippet.FLASH - 4, Snippet.DEVICE}) {
                guest.engine().maintain(new Maintenance(Maintenance.encode(3, 7, 5, 1), address));
                guest.engine().dropTranslations(address, 8);
            }
            guest.engine().dropTranslations(0, Long.MAX_VALUE);
            HypercallExitTest.hypercall(guest.run());
        }
    }

    private static long callOn(Snippet guest, int engine) {
        guest.engine(engine).writePc(TARGET);
        return HypercallExitTest.hypercall(guest.engine(engine).run(100, 0, 0))
                .registers()
                .x(0);
    }
}
