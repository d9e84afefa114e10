//! Posts events over connections that are kept, as fast as they are answered. So small a client that it takes little from the
//! proxy, which runs on the same processors.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// An event's body before and after the session's id.
const HEAD: &str = "event=support_conference_end&version=7&timestamp=1773133921&appliance_id=3c4d5e6f3c4d5e6f3c4d5e6f3c4d5e6f&lsid=";
const TAIL: &str = "&external_key=";
/// Bytes of an event's body.
pub const BODY: usize = HEAD.len() + 32 + TAIL.len();

/// What a while of it gave.
pub struct Load {
    /// Per second.
    pub rate: f64,
    latencies: Vec<Duration>,
}

impl Load {
    pub fn new(mut latencies: Vec<Duration>, took: Duration) -> Self {
        latencies.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52")]
        Self { rate: latencies.len() as f64 / took.as_secs_f64(), latencies }
    }

    /// Milliseconds within which so many per cent were answered.
    pub fn percentile(&self, percent: usize) -> f64 {
        self.latencies[(self.latencies.len() * percent).div_ceil(100) - 1].as_secs_f64() * 1000.0
    }
}

/// How long, or how many.
#[derive(Clone, Copy)]
pub enum Until {
    Time(Duration),
    Count(usize),
}

impl Until {
    pub fn is_over(self, begin: Instant, done: usize) -> bool {
        match self {
            Self::Time(time) => begin.elapsed() >= time,
            Self::Count(count) => done >= count,
        }
    }
}

/// Sessions nobody has heard of end, over so many connections at once.
pub fn post_events(to: SocketAddr, token: &str, connections: usize, until: Until) -> Load {
    let posted = AtomicUsize::new(0);
    let begin = Instant::now();
    let one = || {
        let mut connection = Connection::new(to);
        let mut latencies = Vec::new();
        while !until.is_over(begin, posted.fetch_add(1, Ordering::Relaxed)) {
            let lsid = format!("{:032x}", rand::random::<u128>());
            latencies.push(connection.post_event(token, &lsid));
        }
        latencies
    };
    let latencies = thread::scope(|scope| {
        let all: Vec<_> = (0..connections).map(|_| scope.spawn(one)).collect();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    Load::new(latencies, begin.elapsed())
}

pub struct Connection(BufReader<TcpStream>);

impl Connection {
    pub fn new(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    /// An event of this session, which must be answered 200; how long that took.
    pub fn post_event(&mut self, token: &str, lsid: &str) -> Duration {
        let headers = "host: support.localhost\r\ncontent-type: application/x-www-form-urlencoded";
        let request = format!("POST /events/{token} HTTP/1.1\r\n{headers}\r\ncontent-length: {BODY}\r\n\r\n{HEAD}{lsid}{TAIL}");
        let from = Instant::now();
        assert_eq!(self.ask(&request), 200);
        from.elapsed()
    }

    /// The status of the answer; its body is read and dropped.
    pub fn ask(&mut self, request: &str) -> u16 {
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        let mut line_of = |stream: &mut BufReader<TcpStream>| {
            line.clear();
            stream.read_line(&mut line).unwrap();
            line.trim_end().to_ascii_lowercase()
        };
        let status = line_of(&mut self.0).split(' ').nth(1).expect("a status").parse().unwrap();
        let mut length = 0;
        loop {
            let line = line_of(&mut self.0);
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("transfer-encoding", value)) => panic!("an answer came {value}"),
                Some(_) => {}
                None => break,
            }
        }
        self.0.read_exact(&mut vec![0; length]).unwrap();
        status
    }
}
