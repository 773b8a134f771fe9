"""`leadbraid demo`: the sample leads, worked live on the embedded server, decided by you or by a scripted reviewer."""
