package dev.trapline.launcher.faults;

import dev.trapline.config.FaultKind;
import dev.trapline.launcher.options.FormatOption;
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

/// `trapline faults list`.
@Command(
        name = "list",
        description = {"Explains what a plan of faults can say: where, when, and what goes wrong.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:the list was printed", "2:the command line is wrong", Ending.UNWRITTEN})
final class FaultsListCommand implements Action {

    /// A key that says where or when, and what it means.
    private record Key(String section, String form, String meaning) {}

    private static final List<Key> KEYS = List.of(
            new Key("at", "function = NAME", "a name, as in CPU_ON; an identifier; a range; or a list of them"),
            new Key("at", "service = NAME", "the service that gets the call, or a list of them"),
            new Key("at", "vcpu = N", "the caller, or a list of them"),
            new Key("at", "conduit = smc", "or hvc"),
            new Key("at", "moment = \"WHEN\"", "a moment, whatever the guest does there: time:5ms or slice:1000"),
            new Key("at", "interval = DURATION", "with a moment that has a time: every so often from there"),
            new Key("at", "input = KIND", "what comes from outside: console, network, or entropy"),
            new Key("when", "nth = N", "only the one of this number, counted from 1 among those that fit"),
            new Key("when", "every = N", "every so many of them"),
            new Key("when", "probability = P", "this part of them, above 0 and at most 1, drawn from --seed"),
            new Key("when", "from = \"WHEN\"", "from this moment on: time:5ms or slice:1000"),
            new Key("when", "until = \"WHEN\"", "before this moment"),
            new Key("when", "after = NAME", "only when the fault of this name has happened"),
            new Key("when", "times = N", "so often at most; once if 'nth' is given, and else without a limit"));

    private final Terminal terminal;

    @Mixin
    private final FormatOption format = new FormatOption();

    FaultsListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        terminal.print(format.isJson() ? json().line() : text());
        return Ending.DONE;
    }

    private static String text() {
        StringBuilder text = new StringBuilder("""
            A plan is a file with a list of faults:

              faults = [
                {
                  name = busy
                  at { function = CPU_ON, vcpu = 0 }
                  when { nth = 2 }
                  do { refuse = ALREADY_ON }
                }
              ]

            A call gets the first fault of the list that fits.
            """);
        String line = "  %-26s %s%n";
        keys(text, line, "at", "\nat { }, where: calls, of which all that is given must fit; or moments; or inputs\n");
        keys(text, line, "when", "\nwhen { }, which of them\n");
        kinds(text, FaultKind.Subject.CALL, "\ndo { }, what goes wrong with a call: one of\n");
        kinds(text, FaultKind.Subject.MACHINE, """

            do { }, what goes wrong with the machine, at a moment or behind a call: one of
            Without 'vcpu = N', 'vcpu = [N, ...]' or 'vcpu = all', it is the caller, or at a moment a drawn vCPU.
            """);
        kinds(text, FaultKind.Subject.DEVICE, """

            do { }, what goes wrong with a device, from a moment or a call on: one of
            Without 'count' and 'duration', it stays until the machine is reset.
            """);
        kinds(text, FaultKind.Subject.INPUT, "\ndo { }, what goes wrong with an input: one of\n");
        return text.append("\nRESULT is a number for x0, the name of a result, or registers: { x0 = -3, x1 = 0 }.\n")
                .toString();
    }

    private static void kinds(StringBuilder text, FaultKind.Subject subject, String heading) {
        text.append(heading);
        for (FaultKind kind : FaultKind.values()) {
            if (kind.subject() == subject) {
                text.append("  ").append(kind.form()).append('\n');
                kind.lines().forEach(each -> text.append("      ").append(each).append('\n'));
            }
        }
    }

    private static void keys(StringBuilder text, String line, String section, String heading) {
        text.append(heading);
        for (Key key : KEYS) {
            if (key.section().equals(section)) {
                text.append(String.format(Locale.ROOT, line, key.form(), key.meaning()));
            }
        }
    }

    private static JsonObject json() {
        List<Object> keys = new ArrayList<>();
        for (Key key : KEYS) {
            keys.add(new JsonObject()
                    .with("section", key.section())
                    .with("form", key.form())
                    .with("meaning", key.meaning()));
        }
        for (FaultKind kind : FaultKind.values()) {
            keys.add(new JsonObject()
                    .with("section", "do")
                    .with("kind", kind.id())
                    .with("form", kind.form())
                    .with("meaning", kind.help())
                    .with("example", kind.example()));
        }
        return JsonObject.document("fault-keys").with("keys", keys);
    }
}
