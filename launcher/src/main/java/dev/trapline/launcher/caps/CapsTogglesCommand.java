package dev.trapline.launcher.caps;

import dev.trapline.abi.policy.Toggle;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `trapline caps toggles`.
@Command(
        name = "toggles",
        description = {"Lists the capability toggles: name, state, default, meaning, and where it was set.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline caps toggles",
            "  trapline caps toggles --set firmware.toggles.psci-to-user=off --format json",
            "  trapline run --set firmware.toggles.smc=off guest.elf"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:the list was printed", "2:the command line or the policy is wrong", Ending.UNWRITTEN})
final class CapsTogglesCommand implements Action {

    private final Terminal terminal;

    @Mixin
    private final PolicyOptions policy = new PolicyOptions();

    CapsTogglesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        Capabilities capabilities = policy.capabilities(terminal.err());
        terminal.print(policy.isJson() ? json(capabilities).line() : text(capabilities));
        return Ending.DONE;
    }

    private static String text(Capabilities capabilities) {
        int width = capabilities.toggles().stream()
                .mapToInt(toggle -> toggle.name().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        String line = "%-" + width + "s  %-5s  %-7s  %s%n";
        text.append(String.format(Locale.ROOT, line, "toggle", "state", "default", "meaning"));
        for (Toggle toggle : capabilities.toggles()) {
            String origin = capabilities.origin(toggle);
            text.append(String.format(
                    Locale.ROOT,
                    line,
                    toggle.name(),
                    onOff(capabilities.isOn(toggle)),
                    onOff(toggle.defaultOn()),
                    toggle.help() + (origin.equals("default") ? "" : " [set at " + origin + "]")));
        }
        return text.toString();
    }

    private static JsonObject json(Capabilities capabilities) {
        List<Object> all = new ArrayList<>();
        for (Toggle toggle : capabilities.toggles()) {
            all.add(new JsonObject()
                    .with("toggle", toggle.name())
                    .with("on", capabilities.isOn(toggle))
                    .with("default", toggle.defaultOn())
                    .with("meaning", toggle.help())
                    .with("declared", capabilities.origin(toggle)));
        }
        return JsonObject.document("toggles").with("toggles", all);
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
