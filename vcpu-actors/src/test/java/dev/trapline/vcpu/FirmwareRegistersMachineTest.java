package dev.trapline.vcpu;

import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.registry.RegistryError;
import dev.trapline.registry.RegistryException;
import dev.trapline.registry.kvm.FirmwareRegisters;
import dev.trapline.testkit.FakeEngines;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// The effects of a machine's pseudo firmware registers on its guest.
class FirmwareRegistersMachineTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    private final FakeEngines engines = new FakeEngines()
            .script(
                    hvc(0x8600_0000L),
                    hvc(0x8600_ff01L),
                    hvc(0x8400_0000L),
                    hvc(0x8400_000aL, 0xc400_0003L),
                    hvc(0x8400_0008L));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private Machine.Builder machine() {
        return Machine.builder(engines, Specs.withVcpus(1).spec())
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath());
    }

    private static List<String> calls(Machine.Builder machine) {
        return machine.start(KIT.system()).done().toCompletableFuture().join().lastHypercalls();
    }

    @Test
    void aClearedBitIsSeenByTheGuest() {
        assertThat(calls(machine().firmwareRegister(FirmwareRegisters.VENDOR_HYP_BMAP, 0))
                        .subList(0, 2))
                .containsExactly(
                        "hypercall#1 vcpu0 HVC VENDOR_HYP_FEATURES() = NOT_SUPPORTED [denied: a toggle is off]",
                        "hypercall#2 vcpu0 HVC VENDOR_HYP_UID() = NOT_SUPPORTED [denied: a toggle is off]");
    }

    @Test
    void theVersionIsSeenByTheGuest() {
        assertThat(calls(machine().firmwareRegister(FirmwareRegisters.PSCI_VERSION, 0x2))
                        .subList(2, 4))
                .as("0.2 has no PSCI_FEATURES")
                .containsExactly(
                        "hypercall#3 vcpu0 HVC PSCI_VERSION() = 0x2 [psci, forwarded]",
                        "hypercall#4 vcpu0 HVC PSCI_FEATURES(psci_func_id=0xc4000003) = NOT_SUPPORTED [psci,"
                                + " forwarded]");
    }

    @Test
    void aMachineThatHasRunTakesTheSameValueAndNoOther() {
        Machine.Builder machine = machine();
        assertThat(machine.firmwareRegister(FirmwareRegisters.VENDOR_HYP_BMAP))
                .as("vendor-hyp and ptp")
                .isEqualTo(3);
        calls(machine);
        machine.firmwareRegister(FirmwareRegisters.VENDOR_HYP_BMAP, 3);
        assertThatThrownBy(() -> machine.firmwareRegister(FirmwareRegisters.VENDOR_HYP_BMAP, 0))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.errors())
                                .containsExactly(new RegistryError.VcpuHasRun("VENDOR_HYP_BMAP", 3, 0)));
    }
}
