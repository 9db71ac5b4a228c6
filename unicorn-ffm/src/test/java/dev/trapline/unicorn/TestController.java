package dev.trapline.unicorn;

import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.CpuWiring;
import dev.trapline.abi.engine.MmioDevice;

/// An interrupt controller with one line, and a device by which the guest drives it: a store of 1 raises IRQ,
/// of 2 FIQ, of 0 lowers both; a load returns how many accesses there were.
final class TestController implements CpuWiring, MmioDevice {
    boolean irq;
    boolean fiq;
    private final boolean timerIsConnected = true;
    private boolean timer;
    int accesses;

    @Override
    public boolean irq() {
        return irq || (timer && timerIsConnected);
    }

    @Override
    public boolean fiq() {
        return fiq;
    }

    @Override
    public void timer(CpuTimer which, boolean high) {
        timer = which == CpuTimer.VIRTUAL ? high : timer;
    }

    @Override
    public boolean wakes(CpuTimer which) {
        return timerIsConnected;
    }

    @Override
    public long read(long offset, int size) {
        irq |= offset == 0x10;
        return ++accesses;
    }

    @Override
    public void write(long offset, int size, long value) {
        accesses++;
        irq = value == 1;
        fiq = value == 2;
    }
}
