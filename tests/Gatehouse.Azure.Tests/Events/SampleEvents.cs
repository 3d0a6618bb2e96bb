using System.Text;
using Gatehouse.Core.Events;

namespace Gatehouse.Azure.Tests.Events;

internal static class SampleEvents
{
    public static GovernanceEvent Event(string id, long index = 1, int padding = 0) => new(
        id,
        "Gatehouse.IntakeReleased",
        index,
        Encoding.UTF8.GetBytes($$$"""{"specversion":"1.0","id":"{{{id}}}","source":"urn:gatehouse:test","type":"Gatehouse.IntakeReleased","subject":"intake:1","time":"2026-03-01T12:00:00Z","ledgerindex":"{{{index}}}","data":{"text":"{{{new string('x', padding)}}}"} }"""));
}
