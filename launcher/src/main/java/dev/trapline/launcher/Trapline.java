package dev.trapline.launcher;

import dev.trapline.launcher.caps.CapsCommand;
import dev.trapline.launcher.explore.ExploreCommand;
import dev.trapline.launcher.explore.MinimizeCommand;
import dev.trapline.launcher.faults.FaultsCommand;
import dev.trapline.launcher.journal.JournalCommand;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.OthersOutput;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.ActorSystemStart;
import dev.trapline.launcher.process.Failures;
import dev.trapline.launcher.process.Interruption;
import dev.trapline.launcher.process.LastWord;
import dev.trapline.launcher.process.MemoryWatch;
import dev.trapline.launcher.process.Performed;
import dev.trapline.launcher.process.Signals;
import dev.trapline.launcher.process.ThreadWatch;
import dev.trapline.launcher.replay.ReplayCommand;
import dev.trapline.launcher.replay.WhoWroteCommand;
import dev.trapline.launcher.run.DemoCommand;
import dev.trapline.launcher.run.RunCommand;
import dev.trapline.launcher.serve.ServeCommand;
import dev.trapline.launcher.trace.TraceCommand;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The command's entry point: finds the subcommand, performs it, and says how it ended.
public final class Trapline {

    /// The commands that help lists.
    static final List<String> COMMANDS = List.of(
            "run",
            "replay",
            "trace",
            "who-wrote",
            "explore",
            "minimize",
            "caps",
            "faults",
            "journal",
            "serve",
            "demo",
            "version",
            "help",
            "generate-completion");

    /// How long a plugin's shutdown hooks may take after the last line, in milliseconds.
    private static final long HOOKS_MILLIS = 1_000;

    private final Terminal terminal;

    Trapline(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Runs the command and ends the process with its exit status.
    public static void main(String[] arguments) {
        // First of all: a signal before this ends the JVM without a word.
        Signals signals = Signals.take();
        OthersOutput.begin();
        Terminal terminal = Terminal.ofProcess();
        boolean json = FormatOption.isJson(List.of(arguments));
        MemoryWatch.start(json);
        ThreadWatch.start(json, terminal.err());
        Signals.guard(json ? terminal.inJson().err() : terminal.err());
        try {
            perform(arguments, json, terminal, signals);
        } catch (OutOfMemoryError _) {
            MemoryWatch.speak();
        }
    }

    private static void perform(String[] arguments, boolean json, Terminal terminal, Signals signals) {
        // While a command runs a machine, it handles signals itself.
        try (signals;
                LastWord _ = LastWord.prepare(json, terminal.err())) {
            signals.ask(
                    () -> {
                        terminal.endRequest().ask();
                        Interruption.unlessItEnds(json, terminal.err());
                    },
                    () -> Interruption.end(json, terminal.err()));
            int status = new Trapline(terminal).execute(List.of(arguments), Interruption::sayLast);
            // Nothing is closed before: a plugin may hold the locks that this takes.
            Interruption.exit(terminal.settle(status), HOOKS_MILLIS);
        } catch (OutOfMemoryError e) {
            throw e;
            // WIDE: if the main thread died here, threads of a machine or plugin would keep the process alive.
        } catch (RuntimeException | Error e) {
            Interruption.end(Failures.of(e).ending(), json, terminal.err());
        }
    }

    /// Performs a command. The process continues afterwards.
    ///
    /// @return the exit status
    int execute(List<String> arguments) {
        int status = execute(arguments, Interruption::say);
        ActorSystemStart.endAll();
        return status;
    }

    private int execute(List<String> arguments, Consumer<Runnable> say) {
        Terminal present = FormatOption.isJson(arguments) ? terminal.inJson() : terminal;
        CommandLine top = commandLine(arguments, present);
        Performed performed;
        try {
            performed = perform(top.parseArgs(arguments.toArray(String[]::new)), present);
        } catch (ParameterException e) {
            performed = Performed.of(Misuse.ending(e, arguments));
        }
        top.getOut().flush();
        Performed last = performed.settled(present);
        say.accept(() -> last.tell(present.json(), terminal.err()));
        return last.ending().status();
    }

    // Only the requested subcommand is built, because each costs start-up time. Help needs all of them.
    static CommandLine commandLine(List<String> arguments, Terminal terminal) {
        Map<String, Supplier<Object>> subcommands = new LinkedHashMap<>();
        subcommands.put("run", () -> new RunCommand(terminal));
        subcommands.put("replay", () -> new ReplayCommand(terminal));
        subcommands.put("trace", () -> new TraceCommand(terminal));
        subcommands.put("who-wrote", () -> new WhoWroteCommand(terminal));
        subcommands.put("explore", () -> new ExploreCommand(terminal));
        subcommands.put("minimize", () -> new MinimizeCommand(terminal));
        subcommands.put("caps", () -> CapsCommand.of(terminal));
        subcommands.put("faults", () -> FaultsCommand.of(terminal));
        subcommands.put("journal", () -> JournalCommand.of(terminal));
        subcommands.put("serve", () -> new ServeCommand(terminal));
        subcommands.put("demo", () -> new DemoCommand(terminal));
        subcommands.put("version", () -> new VersionCommand(terminal));
        subcommands.put("help", () -> new HelpCommand(terminal));
        subcommands.put("prepare", PrepareCommand::new);
        subcommands.put("train", () -> new TrainCommand(terminal));
        CommandLine top = new CommandLine(new TraplineCommand());
        Supplier<Object> named = arguments.isEmpty() ? null : subcommands.get(arguments.get(0));
        if (named != null && !arguments.get(0).equals("help")) {
            top.addSubcommand(arguments.get(0), named.get());
        } else {
            subcommands.forEach((name, command) -> top.addSubcommand(name, command.get()));
            top.addSubcommand("generate-completion", new CompletionCommand());
        }
        // The name of a guest's file may begin with '@'.
        top.setExpandAtFiles(false);
        PrintWriter out = new PrintWriter(new OutputStreamWriter(terminal.out(), StandardCharsets.UTF_8), true);
        top.setOut(out);
        top.setErr(terminal.err());
        return top;
    }

    private static Performed perform(ParseResult parsed, Terminal terminal) {
        if (asksForHelp(parsed)) {
            HelpText.prepare(parsed.commandSpec().commandLine(), terminal);
        }
        if (CommandLine.executeHelpRequest(parsed) != null) {
            return Performed.of(Ending.DONE);
        }
        ParseResult leaf = parsed;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        return switch (leaf.commandSpec().userObject()) {
            case Action action -> Performed.by(action, terminal);
            default -> {
                HelpText.prepare(leaf.commandSpec().commandLine(), terminal);
                leaf.commandSpec().commandLine().usage(terminal.screen());
                yield Performed.of(new Ending(Ending.USAGE, "usage", "no command given"));
            }
        };
    }

    private static boolean asksForHelp(ParseResult parsed) {
        return parsed.isUsageHelpRequested() || (parsed.hasSubcommand() && asksForHelp(parsed.subcommand()));
    }
}
