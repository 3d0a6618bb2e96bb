namespace Gatehouse.Registry.Http;

/// <summary>Keeps retries a share of calls, for one host: calls pay in, retries draw out, and a dying host soon gets no retries at all.</summary>
internal sealed class RetryBudget(double ratio, int burst)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;

    public void Deposit()
    {
        lock (_gate)
        {
            _tokens = Math.Min(burst, _tokens + ratio);
        }
    }

    public bool TryTake()
    {
        lock (_gate)
        {
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
