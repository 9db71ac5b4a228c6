package dev.trapline.journal.codec;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.policy.Decision;

/// Writes records as [RecordLayout] says. Allocates nothing per slice or answer, except for effects and new decisions.
public final class RecordEncoder {

    private final PackedWriter out;
    private final CodecState state = new CodecState();

    /// @param out where the records go
    public RecordEncoder(PackedWriter out) {
        this.out = out;
    }

    /// Begins a segment.
    public void reset() {
        state.reset();
    }

    /// Writes one record.
    ///
    /// @throws IllegalArgumentException if it cannot be stored: larger than [JournalRecord#MAX_BYTES], or
    ///     out of range
    public void encode(JournalRecord record) {
        out.ensure(RecordLayout.MAX_FIXED_BYTES);
        switch (record) {
            case JournalRecord.Slice slice -> slice(slice);
            case JournalRecord.Answer answer -> answer(answer);
            case JournalRecord.FullDigest digest -> {
                boolean same = digest.vcpu().index() == state.vcpu;
                out.u8(RecordLayout.FULL_DIGEST | (same ? RecordLayout.SAME_VCPU : 0));
                vcpuUnless(same, digest.vcpu());
                out.i64(digest.digest());
            }
            case JournalRecord.MemoryDigest digest -> {
                out.u8(RecordLayout.MEMORY_DIGEST);
                out.i64(digest.digest());
            }
            case JournalRecord.Reaction reaction -> {
                out.u8(RecordLayout.REACTION);
                out.string(reaction.service());
                EffectCodec.write(out, reaction.effects());
            }
            case JournalRecord.Input input -> input(input);
            case JournalRecord.End end -> {
                out.u8(RecordLayout.END);
                OutcomeCodec.write(out, end.outcome());
                out.ensure(RecordLayout.MAX_FIXED_BYTES);
                out.varint(end.virtualTime());
                out.varint(end.consoleBytes());
                out.i64(end.consoleDigest());
            }
        }
    }

    private void input(JournalRecord.Input taken) {
        switch (taken) {
            case JournalRecord.ConsoleInput input -> {
                OutcomeCodec.checkSize("console input", input.bytes().size());
                out.u8(RecordLayout.CONSOLE_INPUT);
                out.bytes(input.bytes().toArray());
            }
            case JournalRecord.Frame frame -> {
                out.u8(RecordLayout.FRAME);
                out.bytes(frame.bytes().toArray());
            }
            case JournalRecord.Reconfigured reconfigured -> {
                int before = out.length();
                out.u8(RecordLayout.RECONFIGURED);
                PolicyCodec.write(out, reconfigured.policy());
                OutcomeCodec.checkSize("a policy", out.length() - before);
            }
            case JournalRecord.Injected injected -> injection(injected.what());
            case JournalRecord.Entropy entropy -> {
                OutcomeCodec.checkSize("entropy", entropy.bytes().size());
                out.u8(RecordLayout.ENTROPY);
                out.string(entropy.service());
                out.bytes(entropy.bytes().toArray());
            }
            case JournalRecord.Round round -> {
                out.u8(RecordLayout.ROUND);
                out.varint(round.begins());
                out.varint(round.ends() - round.begins());
            }
            case JournalRecord.Renewed renewed -> {
                out.u8(RecordLayout.RENEWED);
                out.varint(renewed.after());
            }
            case JournalRecord.Turned turned -> {
                out.u8(RecordLayout.TURNED);
                out.u8(turned.turn().vcpu().index());
                out.varint(turned.turn().length());
            }
            case JournalRecord.Faulted faulted -> {
                out.u8(RecordLayout.FAULTED);
                FaultCodec.write(out, faulted.fault());
            }
            case JournalRecord.Stop stop -> {
                out.u8(RecordLayout.STOP);
                Codes.STOP.write(out, stop.reason());
            }
        }
    }

    private void injection(Injection injection) {
        switch (injection) {
            case Injection.WakeUp wakeUp -> {
                out.u8(RecordLayout.WAKE_UP);
                out.u8(wakeUp.vcpu().index());
            }
            case Injection.Interrupt interrupt -> {
                out.u8(RecordLayout.INTERRUPT);
                out.u8(interrupt.vcpu().index());
                out.varint(interrupt.intid());
            }
            case Injection.Event event -> {
                out.u8(RecordLayout.EVENT);
                out.u8(event.vcpu().index());
                out.varint(event.number());
            }
            case Injection.SError(VcpuId vcpu, int syndrome) -> {
                out.u8(RecordLayout.SERROR);
                out.u8(vcpu.index());
                out.varint(syndrome);
            }
            case Injection.ConsoleSize(int columns, int rows) -> {
                out.u8(RecordLayout.CONSOLE_SIZE);
                out.varint(columns);
                out.varint(rows);
            }
            case Injection.PowerButton _ -> out.u8(RecordLayout.POWER_BUTTON);
            case Injection.Upset upset -> {
                out.u8(RecordLayout.UPSET);
                UpsetCodec.write(out, upset);
            }
        }
    }

    private void slice(JournalRecord.Slice slice) {
        int tagAt = out.length();
        int index = slice.vcpu().index();
        int kind = kind(slice.exit());
        boolean sameVcpu = index == state.vcpu;
        boolean expectedBudget = slice.budget() == state.expectedBudget(index, slice.began());
        long late = slice.began() - state.expectedBeginning(index);
        boolean all = kind == RecordLayout.BUDGET_USED && slice.executed() == slice.budget();
        out.length(tagAt + 1);
        vcpuUnless(sameVcpu, slice.vcpu());
        if (late != 0) {
            out.zigzag(late);
        }
        if (!expectedBudget) {
            out.varint(slice.budget());
        }
        if (!all) {
            out.varint(slice.executed());
        }
        out.i64(slice.digest());
        state.add(slice, kind);
        int ownFlag = exit(slice.exit());
        out.buffer()[tagAt] = (byte) (kind
                | ownFlag
                | (sameVcpu ? RecordLayout.SAME_VCPU : 0)
                | (expectedBudget ? RecordLayout.EXPECTED_BUDGET : 0)
                | (late == 0 ? RecordLayout.EXPECTED_BEGINNING : 0)
                | (all ? RecordLayout.EXECUTED_ALL : 0));
    }

    private static int kind(Exit exit) {
        return switch (exit) {
            case HypercallExit _ -> RecordLayout.HYPERCALL;
            case Exit.BudgetUsed _ -> RecordLayout.BUDGET_USED;
            case Exit.WaitForInterrupt _ -> RecordLayout.WAIT;
            case Exit.FirmwareInterrupt _ -> RecordLayout.FIRMWARE_INTERRUPT;
            case Exit.Maintenance _ -> RecordLayout.MAINTENANCE;
            case GuestFault _ -> RecordLayout.FAULT;
        };
    }

    private void vcpuUnless(boolean same, VcpuId vcpu) {
        if (!same) {
            out.u8(vcpu.index());
        }
    }

    /// Writes an exit's own fields, and gives the flag that is its own.
    private int exit(Exit exit) {
        return switch (exit) {
            case HypercallExit call -> {
                int shape = RecordLayout.shape(call);
                boolean sameShape = shape == state.shape;
                if (!sameShape) {
                    out.varint(shape);
                    state.shape = shape;
                }
                registers(call.registers());
                yield sameShape ? RecordLayout.SAME_SHAPE : 0;
            }
            case Exit.BudgetUsed _, Exit.WaitForInterrupt _, Exit.FirmwareInterrupt _ -> 0;
            case Exit.Maintenance maintenance -> {
                if (maintenance.operation() < 0) {
                    throw new IllegalArgumentException("no SYS instruction has this encoding: " + maintenance);
                }
                out.varint(maintenance.operation());
                out.varint(maintenance.argument());
                yield 0;
            }
            case GuestFault fault -> {
                OutcomeCodec.write(out, fault);
                yield 0;
            }
        };
    }

    private void registers(GeneralRegisters now) {
        long[] before = state.registers;
        int base = state.base();
        long changed = 0;
        for (int n = 0; n <= 30; n++) {
            changed |= (now.get(n) != before[base + n] ? 1L : 0L) << (n + 3);
        }
        changed |= now.sp() != before[base + GeneralRegisters.SP] ? 4 : 0;
        changed |= now.pstate() != before[base + GeneralRegisters.PSTATE] ? 2 : 0;
        changed |= now.pc() != before[base + GeneralRegisters.PC] ? 1 : 0;
        out.varint(changed);
        for (long rest = changed; rest != 0; rest &= rest - 1) {
            int register = RecordLayout.register(Long.numberOfTrailingZeros(rest));
            long value = now.get(register);
            out.zigzag(value - before[base + register]);
            before[base + register] = value;
        }
    }

    private void answer(JournalRecord.Answer answer) {
        int index = state.indexOf(answer.decision());
        boolean same = index == state.decision;
        RegisterWrites writes = answer.registers();
        boolean x0Only = writes.mask() == 1;
        boolean hasEffects = !answer.effects().isEmpty();
        out.u8(RecordLayout.ANSWER
                | (x0Only ? RecordLayout.X0_ONLY : 0)
                | (hasEffects ? RecordLayout.HAS_EFFECTS : 0)
                | (same ? RecordLayout.SAME_DECISION : 0));
        if (!same) {
            decision(index, answer.decision());
        }
        if (!x0Only) {
            out.varint(writes.mask());
        }
        for (int k = 0; k < writes.count(); k++) {
            out.zigzag(writes.value(k));
        }
        if (hasEffects) {
            EffectCodec.write(out, answer.effects());
        }
    }

    private void decision(int index, Decision decision) {
        out.varint(index);
        state.decision = index;
        if (index < state.decisionCount()) {
            return;
        }
        state.addDecision(decision);
        switch (decision) {
            case Decision.Resident resident -> {
                out.u8(RecordLayout.DECISION_RESIDENT);
                out.string(resident.service());
            }
            case Decision.Forwarded forwarded -> {
                out.u8(RecordLayout.DECISION_FORWARDED);
                out.string(forwarded.service());
            }
            case Decision.Denied denied -> {
                out.u8(RecordLayout.DECISION_DENIED);
                Codes.REASON.write(out, denied.reason());
            }
        }
        out.ensure(RecordLayout.MAX_FIXED_BYTES);
    }
}
