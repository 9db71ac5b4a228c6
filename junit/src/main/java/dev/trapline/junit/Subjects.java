package dev.trapline.junit;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.config.FaultPlanFile;
import dev.trapline.explore.Subject;
import dev.trapline.explore.TestedMachine;
import dev.trapline.firmware.FirmwareServices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/// Makes the subject that an annotation describes.
final class Subjects {

    private Subjects() {}

    /// @throws ExtensionConfigurationException if the annotation is wrong: the message says what
    static Subject of(MachineTest test) {
        List<FirmwareService<?>> services = FirmwareServices.onClassPath();
        try {
            Path file = Path.of(test.guest());
            Bytes content = Bytes.copyOf(BoundedFile.readGiven(file, Image.most(Image.Kind.ELF, 0), Waiting.UNLIMITED));
            MachineSpec spec = new TestedMachine(
                            test.cpus(), board(test.board()), test.memory(), test.maxInstructions(), test.seed())
                    .spec();
            Path name = file.getFileName();
            Image image = new Image(Image.Kind.ELF, String.valueOf(name), 0, content);
            return new Subject(spec, List.of(image), services).withFaults(plan(test, services));
        } catch (IOException e) {
            throw new ExtensionConfigurationException(
                    "@MachineTest: the guest " + Path.of(test.guest()).toAbsolutePath() + " cannot be read: "
                            + BoundedFile.reason(e),
                    e);
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException("@MachineTest: " + e.getMessage(), e);
        }
    }

    private static BoardKind board(String id) {
        return Arrays.stream(BoardKind.values())
                .filter(kind -> kind.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no board is called '" + id + "'"));
    }

    private static FaultPlan plan(MachineTest test, List<FirmwareService<?>> services) {
        if (test.faults().isEmpty()) {
            return FaultPlan.NONE;
        }
        List<ServiceDescriptor> descriptors = services.stream()
                .<ServiceDescriptor>map(FirmwareService::descriptor)
                .toList();
        Path file = Path.of(test.faults());
        return FaultPlanFile.read(file, "@MachineTest.faults " + file, descriptors, Waiting.UNLIMITED);
    }
}
