using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Azure;
using Azure.Core;

namespace Gatehouse.Azure.Arm.Budget;

/// <summary>What the service would answer, without having been asked: 429, and when to come back.</summary>
internal sealed class BudgetResponse(string clientRequestId, TimeSpan retryAfter) : Response
{
    private readonly string _seconds = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    public override int Status => 429;

    public override string ReasonPhrase => "Too Many Requests";

    public override string ClientRequestId { get; set; } = clientRequestId;

    public override Stream? ContentStream { get; set; } = new MemoryStream(Encoding.UTF8.GetBytes(
        """{"error":{"code":"arm-budget-exhausted","message":"Not sent: the subscription takes no more calls of this kind for now."}}"""));

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = ContainsHeader(name) ? _seconds : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = ContainsHeader(name) ? [_seconds] : null;
        return values is not null;
    }

    protected override bool ContainsHeader(string name) => name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [new HttpHeader("Retry-After", _seconds)];
}
