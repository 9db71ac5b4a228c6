package dev.trapline.launcher;

import dev.trapline.abi.registry.FirmwareRegisters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `trapline caps registers`.
@Command(
        name = "registers",
        description = {
            "Lists the pseudo firmware registers, under the kernel's identifiers and names, with the values that they",
            "have under the policy. They are set by what they stand for: toggles, and services.psci.version.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline caps registers",
            "  trapline caps registers --set firmware.services.psci.version=1.1",
            "  trapline caps registers --set firmware.toggles.trng=off --format json"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all were listed", "2:the command line or the policy is wrong"})
final class CapsRegistersCommand implements Action {

    private final Terminal terminal;

    @Mixin
    private final PolicyOptions policy = new PolicyOptions();

    CapsRegistersCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        FirmwareRegisters registers = policy.capabilities().registers();
        terminal.print(policy.isJson() ? Json.of(fields(registers)) + "\n" : text(registers));
        return Ending.DONE;
    }

    private static String text(FirmwareRegisters registers) {
        StringBuilder text = new StringBuilder();
        for (long id : registers.ids()) {
            text.append(
                    String.format(Locale.ROOT, "0x%016x  %-20s  0x%x%n", id, registers.name(id), registers.get(id)));
        }
        return text.toString();
    }

    private static List<Object> fields(FirmwareRegisters registers) {
        List<Object> all = new ArrayList<>();
        for (long id : registers.ids()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", Json.hex(id));
            fields.put("name", registers.name(id));
            fields.put("value", Json.hex(registers.get(id)));
            all.add(fields);
        }
        return all;
    }
}
