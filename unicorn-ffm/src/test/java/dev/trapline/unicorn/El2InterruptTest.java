package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.El2Guest.Taken;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Virtual interrupts in the library's CPU: facts of ADR 40.
@ParameterizedClass
@MethodSource("libraries")
class El2InterruptTest {

    private static final long VECTORS = El2Guest.BASE + 0x8000;
    /// HCR_EL2: FMO, IMO; VF, VI, VSE.
    private static final long FMO = 1 << 3;

    private static final long IMO = 1 << 4;
    private static final long VF = 1 << 6;
    private static final long VI = 1 << 7;
    private static final long VSE = 1 << 8;
    private static final Taken BY_VECTOR = new Taken(UnicornConstants.EXCP_HVC, 2, 0x5a00_0077);
    private static final Taken NOT_TAKEN = new Taken(UnicornConstants.EXCP_HVC, 2, 0x5a00_0005);

    private final UnicornLibrary library;

    El2InterruptTest(UnicornLibrary library) {
        this.library = library;
    }

    static List<UnicornLibrary> libraries() {
        return UnicornConstantsTest.libraries();
    }

    /// A guest whose only handler is at an offset of VBAR_EL1.
    private El2Guest guest(long control, long vector) {
        El2Guest guest = new El2Guest(library, control);
        guest.system(SystemRegister.VBAR_EL1, VECTORS);
        guest.code(VECTORS + vector, "mrs x0, isr_el1; hvc #0x77");
        return guest;
    }

    @Test
    void aPendingVirtualIrqIsTakenToEl1ByTheLibraryItself() {
        try (El2Guest guest = guest(IMO | VI, 0x280)) {
            assertThat(guest.runIn(El2Guest.EL1H_UNMASKED, "nop; hvc #5")).isEqualTo(BY_VECTOR);
            assertThat(guest.system(SystemRegister.ELR_EL1)).isEqualTo(El2Guest.CODE);
            assertThat(guest.system(SystemRegister.SPSR_EL1)).isEqualTo(El2Guest.EL1H_UNMASKED);
            assertThat(guest.x(0)).as("ISR_EL1.I").isEqualTo(0x80);
        }
    }

    @Test
    void aPendingVirtualFiqIsTakenToo() {
        try (El2Guest guest = guest(FMO | VF, 0x300)) {
            assertThat(guest.runIn(El2Guest.EL1H_UNMASKED, "nop; hvc #5")).isEqualTo(BY_VECTOR);
        }
    }

    @Test
    void aMaskedVirtualIrqIsTakenAfterTheInstructionThatUnmasksIt() {
        try (El2Guest guest = guest(IMO | VI, 0x280)) {
            assertThat(guest.runIn(El2Guest.EL1H, "nop; msr daifclr, #2; nop; hvc #5"))
                    .isEqualTo(BY_VECTOR);
            assertThat(guest.system(SystemRegister.ELR_EL1)).isEqualTo(El2Guest.CODE + 8);
        }
    }

    @Test
    void aVirtualIrqIsNotTakenAtEl2() {
        try (El2Guest guest = guest(IMO | VI, 0x280)) {
            assertThat(guest.run("msr daifclr, #2; nop; hvc #5")).isEqualTo(NOT_TAKEN);
        }
    }

    /// On hardware, it is taken to VBAR_EL1 + 0x380.
    @Test
    void aVirtualSErrorIsNeverTaken() {
        try (El2Guest guest = guest(1 << 5 | VSE, 0x380)) {
            assertThat(guest.runIn(El2Guest.EL1H_UNMASKED, "nop; hvc #5")).isEqualTo(NOT_TAKEN);
        }
    }

    /// HCR_EL2.TWI: the trap is only taken if the CPU would wait otherwise, so this agrees with DDI0487.
    @Test
    void aWfiCompletesWhileAVirtualIrqIsPending() {
        try (El2Guest guest = guest(IMO | VI | 1 << 13, 0x280)) {
            assertThat(guest.runIn(El2Guest.EL1H, "wfi; hvc #5")).isEqualTo(NOT_TAKEN);
        }
    }

    /// The pending interrupt is not in the context image: a checkpoint must set it again.
    @Test
    void anImageOfTheCpuDoesNotContainThePendingVirtualIrq() {
        try (El2Guest from = guest(IMO | VI, 0x280);
                El2Guest to = guest(0, 0x280)) {
            to.loadFrom(from);
            assertThat(to.system(SystemRegister.HCR_EL2)).isEqualTo(El2Guest.RW | IMO | VI);
            assertThat(to.runIn(El2Guest.EL1H_UNMASKED, "nop; hvc #5")).isEqualTo(NOT_TAKEN);
            to.system(SystemRegister.HCR_EL2, El2Guest.RW | IMO | VI);
            assertThat(to.runIn(El2Guest.EL1H_UNMASKED, "nop; hvc #5")).isEqualTo(BY_VECTOR);
        }
    }
}
