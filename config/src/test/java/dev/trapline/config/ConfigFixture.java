package dev.trapline.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.firmware.KvmRegister;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.testkit.PsciRegister;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A configuration file in a directory, and some services to be configured.
final class ConfigFixture {

    static final List<ServiceDescriptor> SERVICES = List.of(
            new ServiceDescriptor(
                    "psci",
                    "1",
                    List.of(new Claim(new FunctionId(0x8400_0000), new FunctionId(0x8400_001f))),
                    List.of(),
                    List.of(),
                    List.of(new Setting("label", "", "any text"), new Setting("version", "auto", "the version it has")),
                    List.of(PsciRegister.setting())),
            new ServiceDescriptor("smccc", "1", List.of(), List.of(), List.of()),
            new ServiceDescriptor(
                    "trng",
                    "1",
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(new KvmRegister.Bit(KvmRegister.Bitmap.STD_BMAP, 0))));

    private final Path file;

    ConfigFixture(Path directory, String... lines) {
        file = directory.resolve("machine.conf");
        try {
            Files.write(file, List.of(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TraplineConfig load() {
        return new ConfigLoader().file(file).load().validate(SERVICES);
    }

    /// The problems of the file, with its directory taken off.
    List<String> problems() {
        ConfigException e = catchThrowableOfType(ConfigException.class, this::load);
        if (e == null) {
            return new ArrayList<>();
        }
        return e.problems().stream()
                .map(p -> p.toString().replace(file.getParent() + "/", ""))
                .toList();
    }

    static TraplineConfig withAssignments(String... assignments) {
        return new ConfigLoader().assignments(List.of(assignments)).load().validate(SERVICES);
    }

    static List<String> problemsOfAssignments(String... assignments) {
        ConfigException e = catchThrowableOfType(ConfigException.class, () -> withAssignments(assignments));
        return e == null
                ? List.of()
                : e.problems().stream().map(ConfigProblem::toString).toList();
    }
}
