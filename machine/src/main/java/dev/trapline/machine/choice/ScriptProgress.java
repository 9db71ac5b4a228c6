package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.ConsoleScript.Expect;
import dev.trapline.abi.machine.ConsoleScript.Keys;
import dev.trapline.abi.machine.ConsoleScript.Pause;
import dev.trapline.abi.machine.ConsoleScript.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far a console script has got. It depends only on the guest's output, and on virtual time.
final class ScriptProgress {

    private final List<Step> steps;
    private final long interval;
    private final PrintedText printed = new PrintedText();

    /// Whether the script does more than type. Only then it asks for times: a script that only types waits for a
    /// slice boundary.
    private final boolean timed;

    private int current;

    /// When the current step began, in ticks.
    private long began;

    /// How many bytes of the current step were typed.
    private int typed;

    private long nextByte;

    /// @param interval the least time between two bytes, in ticks
    ScriptProgress(ConsoleScript script, long interval) {
        this.steps = script.steps();
        this.interval = interval;
        this.nextByte = interval;
        this.timed = steps.stream().anyMatch(step -> !(step instanceof Keys));
    }

    boolean isOver() {
        return current == steps.size();
    }

    private void next(long now) {
        current++;
        began = now;
        typed = 0;
    }

    /// The guest printed bytes, in a slice that ended at this time.
    void printed(byte[] bytes, int count, long now) {
        if (timed) {
            advance(now);
            printed.add(bytes, count);
            advance(now, now);
        }
    }

    /// Leaves all steps that were complete before. Whether that happens at every boundary, or only when the guest
    /// prints something, makes no difference: what a step waits for had been printed when the step began.
    private void advance(long now) {
        advance(now, -1);
    }

    /// Leaves all steps that are complete.
    ///
    /// @param printedAt when the last text was printed; -1 if that was before the current step began
    private void advance(long now, long printedAt) {
        while (!isOver()) {
            switch (steps.get(current)) {
                case Expect(int _, Bytes text, long _) -> {
                    if (!printed.find(text)) {
                        return;
                    }
                    next(Math.max(began, printedAt));
                    nextByte = later(began, interval);
                }
                case Pause(int _, long ticks) -> {
                    long end = later(began, ticks);
                    if (now < end) {
                        return;
                    }
                    next(end);
                    nextByte = Math.max(nextByte, end);
                }
                case Keys(int _, Bytes bytes) -> {
                    if (typed < bytes.size()) {
                        return;
                    }
                    next(bytes.size() == 0 ? began : now);
                }
            }
        }
    }

    private static long later(long moment, long ticks) {
        return ticks > Choices.NEVER - moment ? Choices.NEVER : moment + ticks;
    }

    /// The next byte, if it is due.
    ///
    /// @param empty whether the guest has read all earlier bytes
    @Nullable
    Bytes offer(long now, boolean empty) {
        advance(now);
        if (isOver() || !empty || now < nextByte || !(steps.get(current) instanceof Keys(int _, Bytes bytes))) {
            return null;
        }
        Bytes next = Bytes.copyOf(new byte[] {bytes.at(typed++)});
        nextByte = now + interval;
        advance(now);
        return next;
    }

    /// Skips bytes that were typed before, according to a recording.
    void passOver(int bytes, long now) {
        advance(now);
        int left = bytes;
        while (left > 0 && !isOver() && steps.get(current) instanceof Keys(int _, Bytes content)) {
            int step = Math.min(left, content.size() - typed);
            typed += step;
            left -= step;
            advance(now);
        }
        nextByte = now + interval;
    }

    /// When the script next does something by itself, after a moment; [Choices#NEVER] if it does not.
    long nextAfter(long moment) {
        if (!timed || isOver()) {
            return Choices.NEVER;
        }
        long next = switch (steps.get(current)) {
            case Expect(int _, Bytes _, long limit) -> later(began, limit);
            case Pause(int _, long ticks) -> later(began, ticks);
            case Keys _ -> nextByte;
        };
        return next > moment ? next : Choices.NEVER;
    }

    /// Whether the guest has not printed in time what the current step waits for.
    boolean isLate(long now) {
        return !isOver()
                && steps.get(current) instanceof Expect(int _, Bytes _, long limit)
                && now >= later(began, limit);
    }

    /// What the current step waits for; null if it does not wait for output.
    Choices.@Nullable Unmet unmet() {
        return !isOver() && steps.get(current) instanceof Expect expect
                ? new Choices.Unmet(expect, began, printed.last())
                : null;
    }

    /// How many bytes were never typed.
    int left() {
        int left = -typed;
        for (Step step : steps.subList(current, steps.size())) {
            left += step instanceof Keys(int _, Bytes bytes) ? bytes.size() : 0;
        }
        return left;
    }
}
