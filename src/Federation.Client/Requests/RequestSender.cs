using System.Net;
using System.Net.Http.Headers;
using Federation.Client.Tokens;
using Federation.Contracts.Api;

namespace Federation.Client.Requests;

/// <summary>Sends requests with a token, tries again where that is safe, and turns refusals into exceptions.</summary>
internal sealed class RequestSender(HttpClient http, ITokenSource? tokens, FederationClientOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // Whether the plane has answered anything, and be it that one of its services is away: then its address is right, and silence is a restart.
    private volatile bool _known;

    private Uri Server => http.BaseAddress!;

    private TimeSpan Limit => _known && options.RetryKnownFor is { } known ? known : options.RetryFor;

    /// <summary>Sends until it is answered; the answer is a success. A stream's answer is returned with its headers.</summary>
    /// <param name="make">Makes the request anew for each try.</param>
    /// <param name="stream">Whether the body is to be read as it comes, for as long as it takes.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="ApiException">It was refused.</exception>
    /// <exception cref="PlaneUnreachableException">Nobody answered.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, bool stream, CancellationToken ct)
    {
        long began = options.Time.GetTimestamp();
        TimeSpan pause = FirstPause;
        bool tokenRenewed = false, perhapsDone = false;
        while (true)
        {
            string? token = null;
            using HttpRequestMessage request = make();
            bool repeatable = request.Method != HttpMethod.Post && request.Headers.IfMatch.Count == 0 && request.Headers.IfNoneMatch.Count == 0;
            bool connected = false;
            Exception failure;
            try
            {
                using var timeout = new CancellationTokenSource(options.RequestTimeout, options.Time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
                token = tokens is null ? null : await tokens.GetAsync(either.Token);
                connected = true;
                if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                HttpResponseMessage response = await http.SendAsync(request, stream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, either.Token);
                if (response.IsSuccessStatusCode)
                {
                    _known = true;
                    return response;
                }
                using (response) failure = await ProblemReading.ToExceptionAsync(response, either.Token);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                failure = new TimeoutException($"no answer within {options.RequestTimeout.TotalSeconds:0} s", e);
            }
            catch (HttpRequestException e)
            {
                if (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError) connected = false;
                failure = e;
            }
            catch (ApiException e)
            {
                // The token was refused or the issuer is away: nothing was sent yet.
                failure = e;
                connected = false;
            }

            if (failure is ApiException { Status: HttpStatusCode.Unauthorized } && token is not null && !tokenRenewed)
            {
                tokens!.Refused(token);
                tokenRenewed = true;
                continue;
            }
            // What a try has removed that was never answered is not there for the next: that was it.
            if (perhapsDone && request.Method == HttpMethod.Delete && failure is ApiException { Status: HttpStatusCode.NotFound })
                return new HttpResponseMessage(HttpStatusCode.NoContent);
            bool away = failure is not ApiException api || IsAway(api);
            _known |= !away || failure is ApiException { Type: ProblemTypes.Unavailable };
            bool safe = repeatable || !connected;
            TimeSpan elapsed = options.Time.GetElapsedTime(began);
            if (!away || !safe || elapsed + pause > Limit)
            {
                if (failure is ApiException) throw failure;
                throw new PlaneUnreachableException(Server, failure);
            }
            perhapsDone |= connected;
            options.Retrying?.Invoke(new RequestRetry(Server, failure, elapsed, Limit));
            await Task.Delay(pause, options.Time, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Whether the refusal says only that somebody is away for now.</summary>
    public static bool IsAway(ApiException e) => e.Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
