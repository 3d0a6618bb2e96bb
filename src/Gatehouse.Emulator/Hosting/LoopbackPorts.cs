using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Emulator.Hosting;

/// <summary>
/// Ports of loopback below those that systems give out by themselves (Linux from 32768, others from 49152): between being chosen and being
/// listened on, and while their owner is away, they are given to no other server and to no connection.
/// </summary>
public static class LoopbackPorts
{
    private const int First = 20_000;
    private const int Count = 12_000;

    /// <summary>Each process begins elsewhere, so that two do not want the same ones.</summary>
    private static int _last = Environment.ProcessId * 31;

    /// <summary>None is given out twice by one process before all were; null when none is free.</summary>
    public static int? NextFree() => Enumerable.Range(0, Count)
        .Select(_ => First + (int)((uint)Interlocked.Increment(ref _last) % Count))
        .Where(IsFree)
        .Select(port => (int?)port)
        .FirstOrDefault();

    internal static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
