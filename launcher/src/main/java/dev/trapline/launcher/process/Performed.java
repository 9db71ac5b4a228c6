package dev.trapline.launcher.process;

import dev.trapline.abi.file.WriteFailure;
import dev.trapline.launcher.output.BrokenPipe;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.machine.RunReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A command that was performed: its ending, and what to print about it.
///
/// @param report of the run; null if there was none
public record Performed(Failures failures, @Nullable RunReport report) {

    /// A command that is not an [Action].
    public static Performed of(Ending ending) {
        return new Performed(Failures.none(ending), null);
    }

    /// Performs an action, and writes its result file. No error leaves this method, because nothing above could
    /// handle it.
    @SuppressWarnings("IllegalCatch")
    public static Performed by(Action action, Terminal terminal) {
        try {
            ResultFile.requireWritable(action.resultFile());
        } catch (CommandException e) {
            return of(e.ending());
        }
        Performed performed;
        try {
            Ending ending = action.perform();
            performed = new Performed(Failures.none(ending), action.report());
        } catch (RuntimeException | Error e) {
            performed = new Performed(Failures.of(e), action.report());
        }
        performed = performed.settled(terminal);
        Path file = action.resultFile();
        return file == null ? performed : performed.writtenTo(file);
    }

    /// How it ends.
    public Ending ending() {
        return failures.ending();
    }

    /// The same, unless some output was lost.
    public Performed settled(Terminal terminal) {
        return endingSo(terminal.settle(ending()));
    }

    private Performed writtenTo(Path file) {
        try {
            ResultFile.write(file, json());
            return this;
        } catch (IOException e) {
            return BrokenPipe.is(e)
                    ? this
                    : endingSo(ending().withLoss(
                                    "the result file " + file + " cannot be written (" + WriteFailure.reason(e) + ")"));
        }
    }

    private Performed endingSo(Ending ending) {
        return new Performed(new Failures(ending, failures.lines(), failures.details()), report);
    }

    /// The ending, as a document.
    private JsonObject json() {
        return ResultFile.json(ending(), report).withAll(failures.details());
    }

    /// Prints the ending, as the last line: a document for a program, a line of text for a person.
    public void tell(boolean json, PrintWriter err) {
        if (ending().isSilent()) {
            return;
        }
        if (json) {
            err.print(json().line());
            err.flush();
        } else {
            failures.lines().forEach(err::println);
            err.println(ending().lastLine());
        }
    }
}
