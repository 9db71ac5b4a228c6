package dev.trapline.board;

import dev.trapline.board.bus.Deadline;
import dev.trapline.board.bus.Line;

/// What connects the line of a device with a shared interrupt. It can be stuck: then it keeps its level, whatever the
/// device does.
final class SharedInput implements Line.Listener {

    private final Line line;
    private final Line.Listener controller;
    private boolean stuck;
    private boolean level;
    private long until;

    /// @param line the device's
    /// @param controller is notified of the level that counts
    SharedInput(Line line, Line.Listener controller) {
        this.line = line;
        this.controller = controller;
    }

    Line line() {
        return line;
    }

    @Override
    public void changed(Line changed, boolean high) {
        if (!stuck) {
            controller.changed(changed, high);
        }
    }

    private boolean isHigh() {
        return stuck ? level : line.isHigh();
    }

    /// Keeps a level.
    ///
    /// @param time when it ends, in ticks of virtual time; [Deadline#NEVER] for never
    void stick(boolean high, long time) {
        boolean before = isHigh();
        restore(high, time);
        tell(before);
    }

    /// The same after a state was loaded: the interrupt controller loads its own.
    void restore(boolean high, long time) {
        stuck = true;
        level = high;
        until = time;
    }

    /// The device's own level counts again.
    void release() {
        boolean before = isHigh();
        stuck = false;
        tell(before);
    }

    /// The same after a state was loaded.
    void restoreReleased() {
        stuck = false;
    }

    private void tell(boolean before) {
        if (before != isHigh()) {
            controller.changed(line, isHigh());
        }
    }

    boolean isStuck() {
        return stuck;
    }

    /// The level that a stuck one keeps.
    boolean level() {
        return level;
    }

    /// When a stuck one is released; [Deadline#NEVER] if it is not stuck.
    long until() {
        return stuck ? until : Deadline.NEVER;
    }
}
