package dev.trapline.vcpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The single thread of a machine, as an executor. Most tasks are submitted by the thread itself, because the actors of
/// a machine send messages to each other. These tasks are put into a queue that only this thread uses. Only tasks from
/// other threads are synchronised.
final class MachineThread extends AbstractExecutorService {

    private final Deque<Runnable> own = new ArrayDeque<>();
    private final Queue<Runnable> foreign = new ConcurrentLinkedQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean sleeping;
    private volatile boolean shutdown;

    MachineThread(ThreadFactory factory) {
        thread = factory.newThread(this::work);
        thread.start();
    }

    /// Whether the caller runs on this thread.
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /// Whether no task waits. Only the thread itself may call it, and another thread may submit a task immediately
    /// afterwards.
    boolean isQuiet() {
        return own.isEmpty() && foreign.isEmpty();
    }

    @Override
    public void execute(Runnable task) {
        if (isCurrent()) {
            own.add(task);
            return;
        }
        foreign.add(task);
        // The thread ends after it has seen the shutdown, and then that no task waits. So a task that it did not see is
        // still in the queue. If this were checked before the task is added, the thread could end in between, and the
        // task would be lost.
        if (shutdown && foreign.remove(task)) {
            throw new RejectedExecutionException("the machine's thread has ended");
        }
        if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    private void work() {
        try {
            while (true) {
                Runnable next = foreign.poll();
                if (next == null) {
                    next = own.poll();
                }
                if (next != null) {
                    run(next);
                } else if (shutdown && foreign.isEmpty()) {
                    return;
                } else {
                    sleep();
                }
            }
        } finally {
            ended.countDown();
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
            // WIDE: the dispatcher handles an actor's failure; an exception that gets here must not end the machine's
            // thread
        } catch (RuntimeException e) {
            Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
            handler.uncaughtException(thread, e);
        }
    }

    /// A thread that adds a task after the second check sees that this thread sleeps, and wakes it.
    private void sleep() {
        sleeping = true;
        if (foreign.isEmpty() && !shutdown) {
            LockSupport.park(this);
        }
        sleeping = false;
    }

    @Override
    public void shutdown() {
        shutdown = true;
        LockSupport.unpark(thread);
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        List<Runnable> left = new ArrayList<>();
        for (Runnable task = foreign.poll(); task != null; task = foreign.poll()) {
            left.add(task);
        }
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return ended.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return ended.await(timeout, unit);
    }
}
